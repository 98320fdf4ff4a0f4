/*
 * handler DIRECTORY
 *
 * A signal handler that waits, above a function that the signal interrupted in the middle of its work.
 * Built with frame pointers.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include "ready.h"

#define NOINLINE __attribute__((noinline, noclone))

static const char *directory;
volatile long turns;

NOINLINE void waits(void)
{
	ready(directory);
}

NOINLINE void handler(int number)
{
	waits();
	turns += number;
}

NOINLINE long works(long more)
{
	while (more)
		turns += more;
	return turns;
}

NOINLINE long calls(long more)
{
	return works(more) + turns;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = handler };
	struct itimerval soon = { .it_value = { .tv_usec = 50000 } };

	if (argc != 2)
		return 2;
	directory = argv[1];
	must(sigaction(SIGALRM, &action, NULL) == 0, "sigaction");
	must(setitimer(ITIMER_REAL, &soon, NULL) == 0, "setitimer");
	return (int)calls(1) + (int)turns;
}
