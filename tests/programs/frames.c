/*
 * frames DIRECTORY [fork]
 *
 * Three threads deep in calls, each waiting in pause(), and a string and a number that a debugger can look for.
 * Built with frame pointers. With `fork` a child has the same threads and other strings, and shares all other pages.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ready.h"

#define NOINLINE __attribute__((noinline, noclone))

char greeting[64] = "greetings from the data segment";
char *on_heap;
volatile int depth_reached;

NOINLINE int innermost(int depth)
{
	__sync_fetch_and_add(&depth_reached, 1);
	for (;;)
		pause();
	return depth;
}

NOINLINE int deeper(int depth)
{
	int found = depth ? deeper(depth - 1) : innermost(depth);

	return found + depth_reached;
}

NOINLINE void *worker(void *argument)
{
	int found = deeper((int)(long)argument);

	return (void *)(long)(found + depth_reached);
}

int main(int argc, char **argv)
{
	pthread_t threads[2];

	if (argc < 2)
		return 2;
	on_heap = strdup("greetings from the heap");
	if (argc > 2 && fork() == 0) {
		strcpy(greeting, "greetings from the child");
		strcpy(on_heap, "greetings of the child");
	}
	for (long i = 0; i < 2; i++) {
		must(pthread_create(&threads[i], NULL, worker, (void *)(i + 1)) == 0, "thread");
		pthread_setname_np(threads[i], i ? "second" : "first");
	}
	while (depth_reached < 2)
		usleep(1000);
	ready(argv[1]);
	return deeper(3);
}
