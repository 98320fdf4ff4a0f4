/*
 * methods DIRECTORY
 *
 * Methods, a virtual one, a template and a lambda on the stack of a C++ program. Built with frame pointers.
 */
#include <functional>

#include "ready.h"

#define NOINLINE __attribute__((noinline))

volatile int turns;

struct Shape {
	virtual ~Shape() {}
	virtual int area(const char *directory) = 0;
};

struct Square : Shape {
	NOINLINE int area(const char *directory) override
	{
		ready(directory);
		return turns;
	}
};

template <typename T> NOINLINE int measured(T &shape, const char *directory)
{
	return shape.area(directory) + turns;
}

NOINLINE int through(const std::function<int(const char *)> &what, const char *directory)
{
	return what(directory) + turns;
}

int main(int argc, char **argv)
{
	Square square;
	Shape &shape = square;

	if (argc != 2)
		return 2;
	return through([&](const char *where) { return measured(shape, where) + turns; }, argv[1]) + turns;
}
