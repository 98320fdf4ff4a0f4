/* A task that depends on everything around it: surroundings READY STATE [WORD...], or a container.
 *
 * The first form opens, maps and binds what lies in STATE and on the network it finds, has a child with a thread in a
 * jail, a deleted file with another name, and a socket that leads outside. Words after it ask for more: huge, high,
 * ring, tcp, lock, ghost. The second is a container of its own, with a mount from outside: surroundings READY ROOTFS in
 * EXTERNAL, and a word more for a user namespace: user, or few for one with fewer ids.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "ready.h"

static int opened(const char *path, int flags)
{
	int fd = open(path, flags, 0640);

	must(fd >= 0, path);
	return fd;
}

static const char *at(const char *directory, const char *name)
{
	static char path[108];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void mapped(const char *path, int prot, int flags)
{
	int fd = opened(path, prot & PROT_WRITE ? O_RDWR : O_RDONLY);

	must(mmap(NULL, 4096, prot, flags, fd, 0) != MAP_FAILED, path);
	close(fd);
}

static int inet(int family, int type, const char *address, int port, const char *device)
{
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int fd = socket(family, type, 0);

	must(fd >= 0, "socket");
	if (device)
		must(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device) + 1) == 0, device);
	must(inet_pton(family, address, family == AF_INET ? (void *)&four.sin_addr : &six.sin6_addr) == 1, address);
	must(bind(fd, family == AF_INET ? (void *)&four : (void *)&six, family == AF_INET ? sizeof(four) : sizeof(six)) ==
		     0,
	     address);
	if (type == SOCK_STREAM)
		must(listen(fd, 5) == 0, "listen");
	return fd;
}

static void named(const char *path, int type, int to_outside)
{
	struct sockaddr_un where = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type, 0);

	must(fd >= 0, "socket");
	strcpy(where.sun_path, path);
	if (to_outside)
		must(connect(fd, (void *)&where, sizeof(where)) == 0, path);
	else
		must(bind(fd, (void *)&where, sizeof(where)) == 0 && listen(fd, 5) == 0, path);
}

static void *sleeps(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void in_jail(const char *state)
{
	pthread_t thread;

	must(setsid() > 0, "setsid");
	must(chroot("jail") == 0 && chdir("/home") == 0, state);
	must(pthread_create(&thread, NULL, sleeps, NULL) == 0, "pthread_create");
}

static void connected(int listener)
{
	struct sockaddr_in where;
	socklen_t length = sizeof(where);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	must(getsockname(listener, (void *)&where, &length) == 0, "getsockname");
	must(connect(fd, (void *)&where, length) == 0 && accept(listener, NULL, NULL) >= 0, "connect");
}

static void high(void)
{
	struct rlimit most;

	must(getrlimit(RLIMIT_NOFILE, &most) == 0, "getrlimit");
	most.rlim_cur = most.rlim_max;
	must(setrlimit(RLIMIT_NOFILE, &most) == 0 && dup2(0, 9000) >= 0, "descriptor 9000");
}

static void ring(void)
{
	unsigned long made = 0;

	must(syscall(SYS_io_setup, 2000, &made) == 0, "io_setup");
}

/* 3 MiB of a deleted file, and a hole of 1 GiB between them. */
static void ghost(void)
{
	static char bytes[1 << 20];
	int fd = opened("ghost", O_CREAT | O_RDWR);

	memset(bytes, 'x', sizeof(bytes));
	must(pwrite(fd, bytes, sizeof(bytes), 0) == sizeof(bytes), "ghost");
	must(pwrite(fd, bytes, sizeof(bytes), 1 << 20) == sizeof(bytes), "ghost");
	must(pwrite(fd, bytes, sizeof(bytes), 1 << 30) == sizeof(bytes), "ghost");
	must(unlink("ghost") == 0, "unlink");
}

static void write_to(const char *path, const char *text)
{
	int fd = opened(path, O_WRONLY);

	must(write(fd, text, strlen(text)) == (ssize_t)strlen(text), path);
	close(fd);
}

/* Maps are written from outside, once the namespace is there. */
static void in_user_namespace(const char *ids)
{
	char path[64], done;
	int made[2], mapped_now[2];
	pid_t self = getpid();

	must(pipe(made) == 0 && pipe(mapped_now) == 0, "pipe");
	if (fork() == 0) {
		must(read(made[0], &done, 1) == 1, "the user namespace");
		snprintf(path, sizeof(path), "/proc/%d/uid_map", (int)self);
		write_to(path, ids);
		snprintf(path, sizeof(path), "/proc/%d/gid_map", (int)self);
		write_to(path, ids);
		must(write(mapped_now[1], "", 1) == 1, "maps");
		_exit(0);
	}
	must(unshare(CLONE_NEWUSER) == 0, "unshare");
	must(write(made[1], "", 1) == 1 && read(mapped_now[0], &done, 1) == 1, "maps");
	must(setresgid(0, 0, 0) == 0 && setresuid(0, 0, 0) == 0, "root inside");
	for (int end = 0; end < 2; end++) {
		close(made[end]);
		close(mapped_now[end]);
	}
}

static void contained(const char *ready_at, const char *rootfs, const char *external, const char *ids)
{
	char name[32];
	int ends[2], directory = opened(ready_at, O_DIRECTORY);
	pid_t child;

	if (ids)
		in_user_namespace(ids);
	must(pipe(ends) == 0, "pipe");
	must(unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWPID) == 0, "unshare");
	child = fork();
	must(child >= 0, "fork");
	if (child) {
		must(read(ends[0], name, 1) == 1, "the container");
		snprintf(name, sizeof(name), "%d", (int)child);
		must(openat(directory, name, O_CREAT | O_WRONLY, 0600) >= 0, name);
		waitpid(child, NULL, 0);
		_exit(0);
	}
	must(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "private");
	must(mount(rootfs, rootfs, NULL, MS_BIND, NULL) == 0 && chdir(rootfs) == 0, rootfs);
	must(mount(external, "ext", NULL, MS_BIND, NULL) == 0, external);
	must(mount("tmp", "tmp", "tmpfs", 0, NULL) == 0 && mount("proc", "proc", "proc", 0, NULL) == 0, "mount");
	must(syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0 && chdir("/home") == 0, "pivot");
	must(setsid() > 0, "setsid");
	opened("/data", O_RDWR);
	opened("/ext/file", O_RDONLY);
	opened("/tmp/file", O_CREAT | O_RDWR);
	/* What it was given lies on mounts that are not its own, the program too: it is run again from its own. */
	must(dup2(ends[1], 9) == 9, "dup2");
	close(directory);
	close(ends[0]);
	close(ends[1]);
	execl("/program", "program", "contained", NULL);
	must(0, "/program");
}

static int wanted(int argc, char **argv, const char *word)
{
	for (int index = 3; index < argc; index++)
		if (strcmp(argv[index], word) == 0)
			return 1;
	return 0;
}

int main(int argc, char **argv)
{
	const char *state = argv[2];
	int listener, ends[2];
	char done;

	if (argc == 2) {
		must(write(9, "", 1) == 1, "the container");
		close(9);
		for (int fd = 0; fd < 3; fd++)
			close(fd);
		sleeps(NULL);
	}
	if (argc >= 5 && strcmp(argv[3], "in") == 0)
		contained(argv[1], argv[2], argv[4], argc < 6 ? NULL : strcmp(argv[5], "few") ? "0 100000 65536" : "0 100000 1000");
	must(chdir(state) == 0, state);
	opened("data", O_RDONLY);
	opened("log", O_RDWR);
	opened("device", O_RDWR);
	opened("fifo", O_RDWR);
	opened("deep/er/file", O_RDONLY);
	mapped("lib.so", PROT_READ | PROT_EXEC, MAP_PRIVATE);
	mapped("shared", PROT_READ | PROT_WRITE, MAP_SHARED);
	must(link("original", "other") == 0, "link");
	opened("original", O_RDONLY);
	must(unlink("original") == 0, "unlink");
	listener = inet(AF_INET, SOCK_STREAM, "127.0.0.1", 7001, NULL);
	inet(AF_INET, SOCK_DGRAM, "10.77.0.1", 7002, NULL);
	inet(AF_INET6, SOCK_STREAM, "fd77::1", 7003, NULL);
	inet(AF_INET, SOCK_DGRAM, "0.0.0.0", 7004, "veth7");
	named(at(state, "sockets/listening"), SOCK_STREAM, 0);
	named(at(state, "service"), SOCK_DGRAM, 1);
	if (wanted(argc, argv, "tcp"))
		connected(listener);
	if (wanted(argc, argv, "lock"))
		must(flock(opened("log", O_RDWR), LOCK_EX) == 0, "flock");
	if (wanted(argc, argv, "huge"))
		must(mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0) !=
			     MAP_FAILED,
		     "huge pages");
	if (wanted(argc, argv, "high"))
		high();
	if (wanted(argc, argv, "ring"))
		ring();
	if (wanted(argc, argv, "ghost"))
		ghost();
	must(chdir("wd") == 0, "wd");
	must(pipe(ends) == 0, "pipe");
	if (fork() == 0) {
		must(chdir("..") == 0, "..");
		in_jail(state);
		must(write(ends[1], "", 1) == 1, "the child");
		close(ends[0]);
		close(ends[1]);
		sleeps(NULL);
	}
	must(read(ends[0], &done, 1) == 1, "the child");
	close(ends[0]);
	close(ends[1]);
	ready(argv[1]);
}
