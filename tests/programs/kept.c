/*
 * kept DIRECTORY LIBRARY LIBRARY
 *
 * Waits in a function of a library that was deleted, called from one of a library that is a memory file. What the
 * dynamic linker says of their functions, and of the vdso's, lies in DIRECTORY/addresses.
 *
 * Built with -DNAME=function it is such a library.
 */
#define _GNU_SOURCE

#ifdef NAME

int NAME(int (*then)(void *), void *with)
{
	return then(with) + 1;
}

#else

#include <dlfcn.h>
#include <sys/mman.h>

#include "ready.h"

typedef int function(int (*)(void *), void *);

static function *deleted;

static int wait_there(void *directory)
{
	ready(directory);
	return 0;
}

static int go_on(void *directory)
{
	return deleted(wait_there, directory) + 1;
}

/* A memory file with the bytes of a file, by the name that opens it. */
static const char *in_memory(const char *path)
{
	static char name[64], data[1 << 16];
	int from = open(path, O_RDONLY), to = memfd_create("library", 0);
	ssize_t length = read(from, data, sizeof(data));

	must(from >= 0 && to >= 0 && length > 0 && write(to, data, length) == length && close(from) == 0, path);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", to);
	return name;
}

static void *loaded(const char *path, int flags)
{
	void *found = dlopen(path, RTLD_NOW | flags);

	must(found != NULL, path);
	return found;
}

int main(int argc, char **argv)
{
	char path[4096];
	function *remembered;
	void *clock;
	FILE *told;

	if (argc < 4)
		return 2;
	deleted = (function *)dlsym(loaded(argv[2], 0), "in_deleted");
	must(unlink(argv[2]) == 0, argv[2]);
	remembered = (function *)dlsym(loaded(in_memory(argv[3]), 0), "in_memory");
	must(deleted && remembered, "functions");
	clock = dlsym(loaded("linux-vdso.so.1", RTLD_NOLOAD), "__vdso_clock_gettime");
	snprintf(path, sizeof(path), "%s/addresses", argv[1]);
	told = fopen(path, "w");
	must(told && fprintf(told, "%p %p %p\n", (void *)deleted, (void *)remembered, clock) > 0 && !fclose(told), path);
	return remembered(go_on, argv[1]);
}

#endif
