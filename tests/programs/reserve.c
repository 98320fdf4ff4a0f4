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

int main(int argc, char **argv)
{
	size_t size;
	int forks;

	if (argc < 4)
		return 2;
	size = strtoul(argv[2], NULL, 0) << 30;
	forks = atoi(argv[3]);
	if (argc > 4) {
		/* Above the stack. Where that lies is chance: begin again when there is no room. */
		char *above = (char *)(((unsigned long)&size + (16UL << 20)) & ~0xfffUL);

		if (mmap(above, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != above)
			must(execv("/proc/self/exe", argv) == 0, "execv");
	} else {
		char *start = mmap(NULL, 2 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		must(start != MAP_FAILED, "mmap");
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
