#define _GNU_SOURCE 1

#include "CNcurses.h"
#include "Session.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

static const int told[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH};
static const int fatal[] = {SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGTRAP, SIGFPE};
enum { TOLD = sizeof told / sizeof *told, FATAL = sizeof fatal / sizeof *fatal };

static struct sigaction told_before[TOLD];
static struct sigaction fatal_before[FATAL];
static struct termios line_before;
static char farewell[512];
static volatile sig_atomic_t farewell_length;
static volatile sig_atomic_t wake_pipe = -1;
static volatile sig_atomic_t error_before = -1;
// Whether the terminal is ours and must be given back.
static atomic_bool is_held;
// Whether what waits for the terminal gives it back.
static atomic_bool is_leaving;
static bool exit_is_hooked;
// The thread that began the session; what it writes may be waited for.
static pthread_t screen_thread;

static void tell(int signal) {
    int before = errno;
    // A terminal that nobody reads any more (a connection that hangs) holds the thread of the screen in its write. What
    // waits to be shown is dropped, and the thread finds that there is room. Only that thread does it, before it can
    // learn of the signal from the pipe: else what it writes then, to give the terminal back, could be dropped.
    bool ends = signal == SIGTERM || signal == SIGHUP || signal == SIGQUIT;
    bool drops = ends && atomic_load(&is_held) && !atomic_load(&is_leaving);
    if (drops && !pthread_equal(pthread_self(), screen_thread)) {
        drops = false;
        if (pthread_kill(screen_thread, signal) == 0) {
            errno = before;
            return;
        }
    }
    unsigned char byte = (unsigned char)signal;
    if (wake_pipe >= 0) {
        // The pipe doesn't block; when it is full the reader has been woken already.
        ssize_t ignored = write(wake_pipe, &byte, 1);
        (void)ignored;
    }
    if (drops) tcflush(STDOUT_FILENO, TCOFLUSH);
    errno = before;
}

void cn_session_leave(void) { atomic_store(&is_leaving, true); }

static void write_all(int file, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(file, bytes, count);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        bytes += written;
        count -= (size_t)written;
    }
}

void cn_session_restore(void) {
    if (!atomic_exchange(&is_held, false)) return;
    int before = errno;
    // A process in the background is stopped when it sets the line discipline, unless it ignores this.
    struct sigaction ignore, kept;
    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGTTOU, &ignore, &kept);
    write_all(STDOUT_FILENO, farewell, (size_t)farewell_length);
    tcsetattr(STDIN_FILENO, TCSANOW, &line_before);
    sigaction(SIGTTOU, &kept, NULL);
    if (error_before >= 0) dup2(error_before, STDERR_FILENO);
    errno = before;
}

static void die(int signal) {
    bool was_held = atomic_load(&is_held);
    cn_session_restore();
    if (was_held) {
        static const char message[] = "data-connector crashed. The terminal is restored; a run that was going can be resumed.\n";
        write_all(STDERR_FILENO, message, sizeof message - 1);
    }
    // The default action: the language runtime's own handler would hold the process to show a backtrace, and wait for a
    // key on the terminal that has just been given back.
    struct sigaction end;
    memset(&end, 0, sizeof end);
    end.sa_handler = SIG_DFL;
    sigaction(signal, &end, NULL);
    raise(signal);
}

bool cn_session_begin(int pipe, const char *error_file) {
    if (tcgetattr(STDIN_FILENO, &line_before) != 0) return false;
    wake_pipe = pipe;
    screen_thread = pthread_self();
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    sigaddset(&ends, SIGQUIT);
    pthread_sigmask(SIG_UNBLOCK, &ends, NULL);
    farewell_length = 0;
    if (error_file != NULL) {
        int file = open(error_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (file >= 0) {
            error_before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
            dup2(file, STDERR_FILENO);
            close(file);
        }
    }
    atomic_store(&is_leaving, false);
    atomic_store(&is_held, true);
    if (!exit_is_hooked) {
        exit_is_hooked = true;
        atexit(cn_session_restore);
    }
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = tell;
    action.sa_flags = SA_RESTART;
    // A process in the background may touch the terminal only while this is blocked.
    sigaddset(&action.sa_mask, SIGTTOU);
    for (size_t i = 0; i < TOLD; ++i) sigaction(told[i], &action, &told_before[i]);
    sigemptyset(&action.sa_mask);
    action.sa_handler = die;
    action.sa_flags = SA_ONSTACK;
    for (size_t i = 0; i < FATAL; ++i) sigaction(fatal[i], &action, &fatal_before[i]);
    return true;
}

void cn_session_end(void) {
    cn_session_restore();
    for (size_t i = 0; i < TOLD; ++i) sigaction(told[i], &told_before[i], NULL);
    // A terminal that goes away hangs up more than once. What the program does from here on, bringing runs to an orderly
    // end, must not be cut short by that.
    struct sigaction ignore;
    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGHUP, &ignore, NULL);
    for (size_t i = 0; i < FATAL; ++i) sigaction(fatal[i], &fatal_before[i], NULL);
    wake_pipe = -1;
    if (error_before >= 0) {
        close(error_before);
        error_before = -1;
    }
}

void cn_session_set_farewell(const char *bytes, size_t count) {
    if (count > sizeof farewell) count = sizeof farewell;
    memcpy(farewell, bytes, count);
    farewell_length = (sig_atomic_t)count;
}

void cn_session_stop(void) {
    struct sigaction action, kept;
    memset(&action, 0, sizeof action);
    // First the others of the group, such as a script that started us, so that the shell sees all of them stop.
    action.sa_handler = SIG_IGN;
    sigaction(SIGTSTP, &action, &kept);
    kill(0, SIGTSTP);
    // Then this process, by a signal to this thread: one to the process might be taken by another thread later, when
    // the handler is back, and ask for a second stop after the first. Threads of the pool block it, and ours comes from
    // there.
    sigset_t stop, blocked;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &stop, &blocked);
    action.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &action, NULL);
    raise(SIGTSTP);
    pthread_sigmask(SIG_SETMASK, &blocked, NULL);
    sigaction(SIGTSTP, &kept, NULL);
}

void cn_session_guard_thread(void) {
    // Never freed: the thread lives as long as the program's terminal does.
    size_t size = 64 * 1024;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return;
    stack_t stack;
    memset(&stack, 0, sizeof stack);
    stack.ss_sp = memory;
    stack.ss_size = size;
    sigaltstack(&stack, NULL);
}
