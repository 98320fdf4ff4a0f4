/*
 * patterns DIRECTORY
 *
 * Writes a pattern at addresses that tests know, in private memory, in shared memory and in a memory file.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>

#include "ready.h"

#define PAGE 4096L
#define PRIVATE ((char *)0x200000000000L)
#define SHARED ((char *)0x210000000000L)
#define MEMORY_FILE ((char *)0x220000000000L)
#define PAGES 4096L

static void map(char *at, long pages, int flags, int fd)
{
	must(mmap(at, pages * PAGE, PROT_READ | PROT_WRITE, flags | MAP_FIXED_NOREPLACE, fd, 0) == at, "mmap");
}

/* Put together here and wiped after, so that nothing else in memory holds the pattern. */
static void mark(char *at, int number)
{
	char text[32];

	snprintf(text, sizeof(text), "%s-%s:%05d", "pat", "tern", number);
	memcpy(at, text, strlen(text));
	explicit_bzero(text, sizeof(text));
}

int main(int argc, char **argv)
{
	int fd = memfd_create("patterns", 0);

	if (argc < 2)
		return 2;
	must(fd >= 0 && ftruncate(fd, 64 * PAGE) == 0, "memfd");
	map(PRIVATE, PAGES, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
	map(SHARED, 64, MAP_SHARED | MAP_ANONYMOUS, -1);
	map(MEMORY_FILE, 64, MAP_SHARED, fd);
	/* In every 97th page, further in each time; then across the borders of pages. */
	for (int i = 0; i * 97 < PAGES; i++)
		mark(PRIVATE + i * 97 * PAGE + i * 8, i);
	mark(PRIVATE + 501 * PAGE - 5, 10001);
	mark(SHARED + 3 * PAGE + 100, 20001);
	mark(MEMORY_FILE + 5 * PAGE - 7, 30001);
	ready(argv[1]);
}
