/*
 * random_space DIRECTORY SEED FORKS
 *
 * An address space of random mappings with random pages written, threads beside it, and up to FORKS descendants,
 * each of which changes its own again: writes, drops, maps, unmaps, guards and protects. Some lead a session, some are
 * left behind in that of a task that is gone, some are the program run anew; zombies lie between them.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "ready.h"

#define PAGE 4096UL
#define AREA 512 /* pages */
#define RW (PROT_READ | PROT_WRITE)
#define GUARD_INSTALL 102 /* MADV_GUARD_INSTALL of Linux 6.13, which refuses it where it does not fit */

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

static void *sleeper(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void start_threads(uint64_t count)
{
	pthread_attr_t attributes;
	pthread_t thread;

	must(pthread_attr_init(&attributes) == 0, "pthread_attr_init");
	must(pthread_attr_setstacksize(&attributes, 64 * PAGE) == 0, "pthread_attr_setstacksize");
	while (count--)
		must(pthread_create(&thread, &attributes, sleeper, NULL) == 0, "pthread_create");
}

static void leave_zombie(void)
{
	pid_t child = fork();

	must(child >= 0, "fork");
	if (child == 0)
		_exit(0);
}

/* True in a child that is in the session of a task that is gone, and whose parent is the root of the tree. */
static int left_behind(void)
{
	pid_t child = fork();

	must(child >= 0, "fork");
	if (child == 0) {
		must(setsid() >= 0, "setsid");
		child = fork();
		must(child >= 0, "fork");
		if (child)
			_exit(0);
		return 1;
	}
	must(waitpid(child, NULL, 0) == child, "waitpid");
	return 0;
}

static void run_anew(char **argv, uint64_t seed, int forks)
{
	char number[32], left[32];

	snprintf(number, sizeof(number), "%llu", (unsigned long long)seed);
	snprintf(left, sizeof(left), "%d", forks);
	execl("/proc/self/exe", argv[0], argv[1], number, left, "again", NULL);
	must(0, "execl");
}

/* Guards have a mapping of their own: who writes into one dies, CRIU's parasite too. */
static void done(const char *directory)
{
	char *guarded = mmap(NULL, 32 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(guarded != MAP_FAILED, "mmap");
	write_pages(guarded, 16);
	for (uint64_t i = below(3); i; i--)
		madvise(guarded + (16 + below(12)) * PAGE, (1 + below(4)) * PAGE, GUARD_INSTALL);
	ready(directory);
}

int main(int argc, char **argv)
{
	char path[4096];
	char *area;
	int file, forks;

	if (argc != 4 && argc != 5)
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

	start_threads(below(3));
	if (argc == 4) {
		/* Only the root of the tree: what is left behind becomes a child of it. */
		must(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0, "prctl");
		if (below(3) == 0)
			leave_zombie();
		if (forks && below(3) == 0) {
			forks--;
			if (left_behind()) {
				for (uint64_t i = 4 + below(16); i; i--)
					change_once(area, file);
				close(file);
				done(argv[1]);
			}
		}
	}

	/* Each fork is a brother or a child of the one before; all go on changing. */
	while (forks-- > 0) {
		uint64_t seed = next();
		int deeper = (int)below(2);
		pid_t child = fork();

		must(child >= 0, "fork");
		if (child == 0) {
			state = seed;
			if (below(4) == 0)
				must(setsid() >= 0, "setsid");
			if (below(5) == 0)
				run_anew(argv, next(), deeper ? forks : 0);
			for (uint64_t i = 4 + below(16); i; i--)
				change_once(area, file);
			if (!deeper)
				break;
		} else if (deeper) {
			break;
		}
	}
	close(file);
	done(argv[1]);
}
