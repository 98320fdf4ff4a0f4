/*
 * kinds DIRECTORY
 *
 * One mapping of every kind that can be had: anonymous private and shared, System V, memfd, file private and
 * shared, grow-down with and without a neighbour below, guard pages, AIO ring, NORESERVE, locked, zero pages.
 * DIRECTORY also holds the mapped file.
 */
#define _GNU_SOURCE
#include <linux/aio_abi.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include "ready.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

#define PAGE 4096UL
#define RW (PROT_READ | PROT_WRITE)

static char *map(size_t pages, int prot, int flags, int fd)
{
	char *start = mmap(NULL, pages * PAGE, prot, flags, fd, 0);

	must(start != MAP_FAILED, "mmap");
	return start;
}

int main(int argc, char **argv)
{
	char path[4096];
	aio_context_t ring = 0;
	char *area, *below;
	int fd, shm;

	if (argc != 2)
		return 2;

	area = map(32, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	memset(area, 1, 3 * PAGE);
	memset(area + 8 * PAGE, 2, PAGE);
	/* Refused by older kernels; the dump then lacks a guard VMA and nothing else. */
	madvise(area + 4 * PAGE, 2 * PAGE, MADV_GUARD_INSTALL);
	map(16, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	memset(map(16, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1), 3, 2 * PAGE);
	area = map(16, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1);
	memset(area, 4, PAGE);
	/* Read only: the zero page, which a dump leaves out. */
	area = map(8, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	must(*(volatile char *)area == 0, "zero page");

	memset(map(4, RW, MAP_SHARED | MAP_ANONYMOUS, -1), 5, 2 * PAGE);

	fd = memfd_create("memory file", 0);
	must(fd >= 0 && ftruncate(fd, 4 * PAGE) == 0, "memfd");
	memset(map(4, RW, MAP_SHARED, fd), 6, PAGE);
	memset(map(4, RW, MAP_PRIVATE, fd), 7, PAGE);
	close(fd);

	snprintf(path, sizeof(path), "%s/mapped", argv[1]);
	fd = open(path, O_RDWR);
	must(fd >= 0, path);
	map(4, PROT_READ, MAP_PRIVATE, fd);
	map(4, RW, MAP_SHARED, fd)[0] = 8;
	map(4, RW, MAP_PRIVATE, fd)[PAGE] = 9;
	close(fd);

	shm = shmget(IPC_PRIVATE, 4 * PAGE, IPC_CREAT | 0600);
	must(shm >= 0, "shmget");
	area = shmat(shm, NULL, 0);
	must(area != (char *)-1, "shmat");
	memset(area, 10, PAGE);

	/* A grow-down mapping whose neighbour below ends exactly at its start, and one that stands alone. */
	area = map(64, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	below = mmap(area + 16 * PAGE, 16 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	must(below != MAP_FAILED, "mmap");
	memset(below + 15 * PAGE, 11, PAGE);
	area = mmap(area + 32 * PAGE, 4 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
	must(area != MAP_FAILED, "mmap");
	memset(area + 2 * PAGE, 12, PAGE);

	/* Refused where there is no AIO; the dump then lacks a ring and nothing else. */
	syscall(SYS_io_setup, 1, &ring);
	ready(argv[1]);
}
