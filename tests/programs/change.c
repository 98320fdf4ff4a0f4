/*
 * change
 *
 * Waits for a signal, changes one thing that the signal's number names, and waits again exactly where it was: whatever
 * else a checkpoint before and one after have otherwise, this program has not done. Freestanding, and with every call
 * inlined, so that nothing is written to memory but what a change writes: neither stack nor data.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>

#define PAGE 4096L
#define AREA(n) (0x200000000000L + (n) * 0x100000000L)
#define INLINE static inline __attribute__((always_inline))

INLINE long call(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 asm("r10") = d, r8 asm("r8") = e, r9 asm("r9") = f;
	long result;

	asm volatile("syscall"
		     : "=a"(result)
		     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
		     : "rcx", "r11", "memory");
	return result;
}

#define CALL3(n, a, b, c) call(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define CALL4(n, a, b, c, d) call(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

INLINE void map(long area, long pages)
{
	call(SYS_mmap, AREA(area), pages * PAGE, PROT_READ | PROT_WRITE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

INLINE void write_to(long area, long page, long value)
{
	*(volatile long *)(AREA(area) + page * PAGE) = value;
}

struct kernel_sigaction {
	void *handler;
	unsigned long flags;
	void *restorer;
	unsigned long mask;
};

static const unsigned long all_signals = ~0UL, all_but_one = ~(1UL << (SIGUSR2 - 1));
static const struct rlimit few_files = { 512, 1024 };
static const unsigned groups[] = { 20, 21 };
static const struct itimerval in_long = { { 7, 0 }, { 1000000, 0 } };
static const struct kernel_sigaction ignored = { (void *)1, 0, 0, 0 };

__attribute__((noreturn)) void run(char **environment)
{
	/* Areas: 0 pages, 1 to 9 mappings, 10 the thread's stack. */
	map(0, 64);
	for (long page = 0; page < 16; page++)
		write_to(0, page, page + 1);
	for (long area = 1; area < 10; area++) {
		map(area, 16);
		write_to(area, 0, area);
	}
	/* What pipe() and socketpair() will write is there already. */
	*(volatile int *)(AREA(0) + 64) = 6;
	*(volatile int *)(AREA(0) + 68) = 7;
	*(volatile int *)(AREA(0) + 72) = 8;
	*(volatile int *)(AREA(0) + 76) = 9;
	long heap = CALL3(SYS_brk, 0, 0, 0);
	heap = CALL3(SYS_brk, heap + 4 * PAGE, 0, 0);
	CALL3(SYS_open, "data", O_RDWR, 0);
	CALL3(SYS_dup2, 3, 4, 0);
	CALL3(SYS_open, "data", O_RDWR, 0);
	CALL4(SYS_rt_sigprocmask, SIG_SETMASK, &all_signals, NULL, 8);
	for (;;) {
		/* The same registers at each wait. */
		asm volatile("xor %%ebx, %%ebx; xor %%r12d, %%r12d; xor %%r13d, %%r13d; xor %%r14d, %%r14d; xor %%r15d, %%r15d"
			     ::: "rbx", "r12", "r13", "r14", "r15");
		long number = CALL4(SYS_rt_sigtimedwait, &all_signals, NULL, NULL, 8);

		switch (number) {
		case 32: /* a page */
			write_to(0, 5, 1000);
			break;
		case 33: /* a page that was not there */
			write_to(0, 20, 1000);
			break;
		case 34: /* a page less */
			CALL3(SYS_madvise, AREA(0) + 3 * PAGE, PAGE, MADV_DONTNEED);
			break;
		case 35: /* a mapping split by protection */
			CALL3(SYS_mprotect, AREA(1) + 8 * PAGE, 2 * PAGE, PROT_READ);
			break;
		case 36: /* and merged again */
			CALL3(SYS_mprotect, AREA(1) + 8 * PAGE, 2 * PAGE, PROT_READ | PROT_WRITE);
			break;
		case 37: /* another protection */
			CALL3(SYS_mprotect, AREA(2), 16 * PAGE, PROT_READ);
			break;
		case 38: /* a mapping split by a hole */
			CALL3(SYS_munmap, AREA(3) + 4 * PAGE, 4 * PAGE, 0);
			break;
		case 39: /* grown */
			CALL4(SYS_mremap, AREA(4), 16 * PAGE, 24 * PAGE, 0);
			break;
		case 40: /* shrunk */
			CALL3(SYS_munmap, AREA(5) + 10 * PAGE, 6 * PAGE, 0);
			break;
		case 41: /* moved */
			call(SYS_mremap, AREA(6), 16 * PAGE, 16 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, AREA(6) + 0x1000000, 0);
			break;
		case 42: /* a mapping more, with a page */
			map(11, 5);
			write_to(11, 0, 1);
			break;
		case 43: /* a mapping less */
			CALL3(SYS_munmap, AREA(7), 16 * PAGE, 0);
			break;
		case 44: /* advice */
			CALL3(SYS_madvise, AREA(8), 16 * PAGE, MADV_DONTFORK);
			break;
		case 45: /* heap */
			CALL3(SYS_brk, CALL3(SYS_brk, 0, 0, 0) + 3 * PAGE, 0, 0);
			break;
		case 46: /* a descriptor more */
			CALL3(SYS_dup2, 3, 9, 0);
			break;
		case 47: /* and less */
			CALL3(SYS_close, 9, 0, 0);
			break;
		case 48: /* position, which 3 and 4 share */
			CALL3(SYS_lseek, 5, 10, 0);
			break;
		case 49: /* flags of a file */
			CALL3(SYS_fcntl, 5, F_SETFL, O_RDWR | O_APPEND);
			break;
		case 50: /* flags of a descriptor */
			CALL3(SYS_fcntl, 5, F_SETFD, FD_CLOEXEC);
			break;
		case 51: /* two ends of a pipe */
			CALL3(SYS_pipe, AREA(0) + 64, 0, 0);
			break;
		case 52: /* and what is in it */
			CALL3(SYS_write, 7, "hello", 5);
			break;
		case 53: /* name */
			CALL3(SYS_prctl, PR_SET_NAME, "changed", 0);
			break;
		case 54: /* limit */
			CALL3(SYS_setrlimit, RLIMIT_NOFILE, &few_files, 0);
			break;
		case 55: /* what is done with a signal */
			CALL4(SYS_rt_sigaction, SIGUSR1, &ignored, NULL, 8);
			break;
		case 56: /* signals that are blocked */
			CALL4(SYS_rt_sigprocmask, SIG_SETMASK, &all_but_one, NULL, 8);
			break;
		case 57: /* where it is */
			CALL3(SYS_chdir, "below", 0, 0);
			break;
		case 58:
			CALL3(SYS_umask, 077, 0, 0);
			break;
		case 59: /* a timer that runs */
			CALL3(SYS_setitimer, ITIMER_REAL, &in_long, NULL);
			break;
		case 60:
			CALL3(SYS_setpriority, PRIO_PROCESS, 0, 7);
			break;
		case 61:
			call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0);
			break;
		case 62: /* a letter of the environment */
			(*(volatile char **)environment)[2] = 'B';
			break;
		case 63: /* a thread more, which uses no stack */
			if (call(SYS_clone, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, AREA(9) + 8 * PAGE, 0, 0, 0, 0) == 0)
				for (;;)
					CALL3(SYS_pause, 0, 0, 0);
			break;
		case SIGPIPE: /* two unix sockets */
			CALL4(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, AREA(0) + 72);
			break;
		case SIGALRM: /* and what is on its way between them */
			CALL3(SYS_write, 8, "hello", 5);
			break;
		case SIGTERM: /* a network socket that listens, at a port that the kernel chooses */
			CALL3(SYS_socket, AF_INET, SOCK_STREAM, 0);
			CALL3(SYS_listen, 10, 5, 0);
			break;
		case SIGURG: /* which takes more at once */
			CALL3(SYS_listen, 10, 7, 0);
			break;
		case SIGHUP: /* a task more */
			if (call(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0) == 0)
				for (;;)
					CALL3(SYS_pause, 0, 0, 0);
			break;
		case SIGQUIT: /* group and user for files: CRIU may read the limits of one with other ids only where it may all */
			CALL3(SYS_setfsgid, 12, 0, 0);
			break;
		case SIGTRAP:
			CALL3(SYS_setfsuid, 13, 0, 0);
			break;
		case SIGABRT: /* groups */
			CALL3(SYS_setgroups, 2, groups, 0);
			break;
		}
	}
}

asm(".globl _start; _start: xor %ebp, %ebp; mov (%rsp), %rdi; lea 16(%rsp,%rdi,8), %rdi; and $-16, %rsp; call run");
