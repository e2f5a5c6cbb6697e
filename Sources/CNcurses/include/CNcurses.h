#ifndef CNCURSES_H
#define CNCURSES_H

// ncurses as Swift can call it: its macros, globals and variadic functions behind plain functions, and the signal
// handlers that give the terminal back, which can't be written in Swift because they run in signal context.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CN_BOLD = 1 << 0,
    CN_DIM = 1 << 1,
    CN_UNDERLINE = 1 << 2,
    CN_REVERSE = 1 << 3,
};

// What `cn_read` found.
enum {
    CN_NOTHING,
    // A Unicode scalar, control characters included.
    CN_CHARACTER,
    // One of the keys below.
    CN_KEY,
};

enum {
    CN_KEY_UNKNOWN,
    CN_KEY_UP,
    CN_KEY_DOWN,
    CN_KEY_LEFT,
    CN_KEY_RIGHT,
    CN_KEY_HOME,
    CN_KEY_END,
    CN_KEY_PAGE_UP,
    CN_KEY_PAGE_DOWN,
    CN_KEY_BACKSPACE,
    CN_KEY_DELETE,
    CN_KEY_BACK_TAB,
    CN_KEY_ENTER,
    CN_KEY_RESIZE,
    // The beginning of an SGR mouse report; the rest follows as characters.
    CN_KEY_MOUSE,
    CN_KEY_PASTE_BEGIN,
    CN_KEY_PASTE_END,
    CN_KEY_F1 = 100,
};

// Whether terminfo knows the terminal and it can move its cursor.
bool cn_terminal_is_known(const char *term);
// Sets the locale of the environment, or C.UTF-8 where that one is not installed or none is named; whether it writes
// UTF-8.
bool cn_locale_is_utf8(void);
// Columns that the C library gives a scalar; -1 when it can't be printed.
int cn_width(uint32_t scalar);

// The screen. `term` NULL is $TERM.
bool cn_screen_open(const char *term);
// With a compiled entry in the form that the variable TERMINFO takes, in place of the system's.
bool cn_screen_open_entry(const char *entry);
void cn_screen_close(void);
void cn_screen_suspend(void);
void cn_screen_resume(void);
// The terminal's size now, asked from the kernel, and applied to the screen when it changed.
void cn_screen_measure(int *height, int *width);
void cn_screen_repaint(void);
int cn_screen_colors(void);
// Whether a color is a number 0xRRGGBB.
bool cn_screen_has_direct_color(void);
// Foreground and background may be -1, the terminal's own.
bool cn_screen_pair(int pair, int foreground, int background);
void cn_screen_put(int row, int column, const uint32_t *scalars, size_t count, unsigned attributes, int pair);
void cn_screen_flush(int cursor_row, int cursor_column);
int cn_screen_read(uint32_t *value);
void cn_screen_mouse(bool on);
// Whether the terminal understands the sequences of xterm; the others would print them.
bool cn_screen_speaks_xterm(void);
// Bytes that go to the terminal as they are, between two frames.
void cn_screen_write(const char *bytes, size_t count);

// Signals and the way out. The handlers write the signal's number to `wake_pipe`.
// Standard error is `error_file` until the session ends, when it isn't NULL.
bool cn_session_begin(int wake_pipe, const char *error_file);
void cn_session_end(void);
// Gives the terminal back, once, from any context, signal handlers included.
void cn_session_restore(void);
// What `cn_session_restore` writes, besides setting the line discipline.
void cn_session_set_farewell(const char *bytes, size_t count);
// Stops the process group as Ctrl-Z would; returns when it is continued.
void cn_session_stop(void);
// Gives the calling thread a stack on which it can handle its own overflow.
void cn_session_guard_thread(void);

#endif
