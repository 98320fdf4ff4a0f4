/*
 * reserve DIRECTORY GIB FORKS [trailing]
 *
 * Two adjoining PROT_NONE reservations of GIB GiB, a 10 MiB writable window with data in the middle of each,
 * then FORKS children. With "trailing", one reservation above the stack instead.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>

#include "ready.h"

#define WINDOW (10UL << 20)

static char *reserve(char *hint, size_t size, int flags)
{
	char *start = mmap(hint, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	must(start != MAP_FAILED, "mmap");
	return start;
}

int main(int argc, char **argv)
{
	size_t size;
	int forks;

	if (argc < 4)
		return 2;
	size = strtoul(argv[2], NULL, 0) << 30;
	forks = atoi(argv[3]);
	if (argc > 4) {
		/* Above the stack, below the end of the address space. */
		char *above = (char *)(((unsigned long)&size + (256UL << 20)) & ~0xfffUL);

		reserve(above, 0x7ffffffff000UL - (unsigned long)above < size ? 0x10000000UL : size, MAP_FIXED_NOREPLACE);
	} else {
		char *start = reserve(NULL, 2 * size, 0);

		for (int i = 0; i < 2; i++) {
			char *window = start + i * size + size / 2;

			must(mprotect(window, WINDOW, PROT_READ | PROT_WRITE) == 0, "mprotect");
			memset(window, 'a' + i, 4096);
		}
	}
	for (int i = 0; i < forks; i++) {
		pid_t child = fork();

		must(child >= 0, "fork");
		if (child == 0)
			ready(argv[1]);
	}
	ready(argv[1]);
}
