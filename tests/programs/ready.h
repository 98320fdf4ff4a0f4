/* How a test program says that it is ready to be dumped: a file named after its PID, in a directory. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(int fine, const char *what)
{
	if (!fine) {
		perror(what);
		_exit(1);
	}
}

/* Never returns: the process stays as it is until it is killed. */
static void ready(const char *directory)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%d", directory, (int)getpid());
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	must(fd >= 0, path);
	must(close(fd) == 0, path);
	for (;;)
		pause();
}
