/*
 * Preloaded into CRIU, says which protection each mapping was asked for with: lines "PID ADDRESS PROT" appended to the
 * file that SEE_MMAP names, for mappings that the kernel made. Only system calls: CRIU forks in between.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

void *mmap(void *start, size_t length, int prot, int flags, int fd, off_t offset)
{
	void *made = (void *)syscall(SYS_mmap, start, length, prot, flags, fd, offset);
	const char *path = getenv("SEE_MMAP");

	if (made != MAP_FAILED && path && (flags & MAP_FIXED)) {
		char line[64];
		int size = snprintf(line, sizeof(line), "%d %lx %x\n", (int)syscall(SYS_getpid), (unsigned long)made, prot);
		int out = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT, 0600);

		if (out >= 0) {
			if (syscall(SYS_write, out, line, size) != size)
				abort();
			syscall(SYS_close, out);
		}
	}
	return made;
}

void *mmap64(void *start, size_t length, int prot, int flags, int fd, off_t offset)
{
	return mmap(start, length, prot, flags, fd, offset);
}
