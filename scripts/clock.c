// Moves the wall clock of the processes that load it, and of those that they start, by CLOCK_SHIFT_S seconds. Monotonic clocks stay.
// Nothing is allocated here: workerd's allocator reads the clock, and waits forever with libfaketime.
#define _GNU_SOURCE
#include <semaphore.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long shift;

__attribute__((constructor)) static void read_shift(void) {
  const char *text = getenv("CLOCK_SHIFT_S");
  if (text) shift = atol(text);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = syscall(SYS_clock_gettime, clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += shift;
  return result;
}

int gettimeofday(struct timeval *now, void *zone) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *now) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  if (now) *now = exact.tv_sec;
  return exact.tv_sec;
}

// V8 waits until an instant of the wall clock.
int sem_timedwait(sem_t *semaphore, const struct timespec *until) {
  struct timespec real = *until;
  real.tv_sec -= shift;
  return sem_clockwait(semaphore, CLOCK_REALTIME, &real);
}
