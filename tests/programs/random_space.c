/*
 * random_space DIRECTORY SEED FORKS
 *
 * An address space of random mappings with random pages written, and up to FORKS descendants, each of which
 * changes its own again: writes, drops, maps, unmaps and protects.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "ready.h"

#define PAGE 4096UL
#define AREA 512 /* pages */
#define RW (PROT_READ | PROT_WRITE)

static uint64_t state;

/* splitmix64 */
static uint64_t next(void)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static uint64_t below(uint64_t limit)
{
	return next() % limit;
}

static int protection(void)
{
	static const int choices[] = { PROT_NONE, PROT_READ, RW, RW, RW, PROT_READ | PROT_EXEC };

	return choices[below(sizeof(choices) / sizeof(*choices))];
}

/* Writes some pages of [start, start + pages), few enough values that parent and child often agree. */
static void write_pages(char *start, size_t pages)
{
	for (size_t i = 0; i < pages; i++)
		if (below(4) == 0)
			memset(start + i * PAGE, (int)(1 + below(3)), PAGE);
}

static void map_once(char *area, int file)
{
	size_t first = below(AREA), pages = 1 + below(48);
	char *start = area + first * PAGE;
	int flags = MAP_FIXED;
	int fd = -1, prot = protection();

	if (first + pages > AREA)
		pages = AREA - first;
	switch (below(8)) {
	case 0:
		flags |= MAP_PRIVATE;
		fd = file;
		break;
	case 1:
		flags |= MAP_SHARED | MAP_ANONYMOUS;
		break;
	case 2:
		flags |= MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
		break;
	case 3:
		flags |= MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN;
		break;
	default:
		flags |= MAP_PRIVATE | MAP_ANONYMOUS;
	}
	if (fd >= 0)
		pages = pages > 16 ? 16 : pages;
	must(mmap(start, pages * PAGE, RW, flags, fd, 0) != MAP_FAILED, "mmap");
	write_pages(start, pages);
	must(mprotect(start, pages * PAGE, prot) == 0, "mprotect");
}

static void change_once(char *area, int file)
{
	size_t first = below(AREA), pages = 1 + below(16);
	char *start = area + first * PAGE;

	if (first + pages > AREA)
		pages = AREA - first;
	switch (below(5)) {
	case 0:
		must(munmap(start, pages * PAGE) == 0, "munmap");
		break;
	case 1:
		/* May hit a hole, and is then refused: no matter. */
		mprotect(start, pages * PAGE, protection());
		break;
	case 2:
		madvise(start, pages * PAGE, MADV_DONTNEED);
		break;
	case 3:
		if (mprotect(start, pages * PAGE, RW) == 0)
			write_pages(start, pages);
		break;
	default:
		map_once(area, file);
	}
}

int main(int argc, char **argv)
{
	char path[4096];
	char *area;
	int file, forks;

	if (argc != 4)
		return 2;
	state = strtoull(argv[2], NULL, 0);
	forks = atoi(argv[3]);
	snprintf(path, sizeof(path), "%s/mapped", argv[1]);
	file = open(path, O_RDWR);
	must(file >= 0, path);

	area = mmap(NULL, AREA * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(area != MAP_FAILED, "mmap");
	for (uint64_t i = 12 + below(24); i; i--)
		map_once(area, file);

	/* Each fork is a brother or a child of the one before; all go on changing. */
	while (forks-- > 0) {
		uint64_t seed = next();
		int deeper = (int)below(2);
		pid_t child = fork();

		must(child >= 0, "fork");
		if (child == 0) {
			state = seed;
			for (uint64_t i = 4 + below(16); i; i--)
				change_once(area, file);
			if (!deeper)
				break;
		} else if (deeper) {
			break;
		}
	}
	close(file);
	ready(argv[1]);
}
