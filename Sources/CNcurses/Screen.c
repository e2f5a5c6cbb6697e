#define _GNU_SOURCE 1
#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1

#include "CNcurses.h"
#include "Session.h"

#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

static SCREEN *screen;
static bool mouse_is_on;
static bool speaks_xterm;

enum { SGR_MOUSE = KEY_MAX + 1, PASTE_BEGIN, PASTE_END };

bool cn_terminal_is_known(const char *term) {
    int error = 0;
    if (setupterm(term, STDOUT_FILENO, &error) != OK) return false;
    const char *move = tigetstr("cup");
    return move != NULL && move != (char *)-1 && *move != '\0';
}

// A container or a host one has logged in to often lacks the locale that the terminal's own host has; or none is named.
static void use_locale(void) {
    const char *found = setlocale(LC_CTYPE, "");
    bool is_named = false;
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
        const char *value = getenv(names[i]);
        if (value != NULL && *value != '\0') is_named = true;
    }
    if (found == NULL || !is_named) setlocale(LC_CTYPE, "C.UTF-8");
}

bool cn_locale_is_utf8(void) {
    use_locale();
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

int cn_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

static size_t append_capability(char *to, size_t used, size_t size, const char *name) {
    const char *text = tigetstr(name);
    if (text == NULL || text == (char *)-1) return used;
    // Padding (`$<100/>`) is for tputs; what stands here is written as it is.
    for (; *text != '\0' && used < size; ++text) {
        if (text[0] == '$' && text[1] == '<') {
            const char *end = strchr(text, '>');
            if (end == NULL) break;
            text = end;
            continue;
        }
        to[used++] = *text;
    }
    return used;
}

static void prepare_farewell(void) {
    char bytes[512];
    size_t used = 0;
    if (speaks_xterm) {
        static const char modes[] = "\033[?2004l\033[?1006l\033[?1000l\033]9;4;0;0\007\033[23;2t";
        memcpy(bytes, modes, sizeof modes - 1);
        used = sizeof modes - 1;
    }
    static const char *const names[] = {"sgr0", "op", "rmkx", "cnorm", "rmcup"};
    for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
        used = append_capability(bytes, used, sizeof bytes, names[i]);
    }
    cn_session_set_farewell(bytes, used);
}

static void write_mode(const char *sequence) {
    if (speaks_xterm) cn_screen_write(sequence, strlen(sequence));
}

bool cn_screen_open_entry(const char *entry) {
    const char *before = getenv("TERMINFO");
    char *kept = before == NULL ? NULL : strdup(before);
    setenv("TERMINFO", entry, 1);
    bool is_open = cn_screen_open(NULL);
    if (kept == NULL) unsetenv("TERMINFO"); else setenv("TERMINFO", kept, 1);
    free(kept);
    return is_open;
}

bool cn_screen_speaks_xterm(void) { return speaks_xterm; }

bool cn_screen_open(const char *term) {
    use_locale();
    screen = newterm(term, stdout, stdin);
    if (screen == NULL) return false;
    set_term(screen);
    // Terminals that have a mouse by terminfo understand xterm's modes; the others would print them.
    const char *mouse = tigetstr("kmous");
    speaks_xterm = mouse != NULL && mouse != (char *)-1;
    prepare_farewell();
    set_escdelay(25);
    raw();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    leaveok(stdscr, FALSE);
    scrollok(stdscr, FALSE);
    if (has_colors()) {
        start_color();
        use_default_colors();
    }
    define_key("\033[<", SGR_MOUSE);
    define_key("\033[200~", PASTE_BEGIN);
    define_key("\033[201~", PASTE_END);
    // The title of the window is kept, to be given back.
    write_mode("\033[22;2t");
    write_mode("\033[?2004h");
    curs_set(0);
    return true;
}

void cn_screen_close(void) {
    if (screen == NULL) return;
    cn_session_leave();
    write_mode("\033]9;4;0;0\007\033[23;2t");
    // Without a screen of its own, what is left stays in sight, and the shell's prompt comes to stand in the last row.
    move(LINES - 1, 0);
    clrtoeol();
    refresh();
    cn_screen_suspend();
    delscreen(screen);
    screen = NULL;
    // The screen is left; only the line discipline is still to be restored.
    cn_session_set_farewell("", 0);
}

void cn_screen_suspend(void) {
    write_mode("\033[?1006l\033[?1000l\033[?2004l");
    curs_set(1);
    endwin();
}

void cn_screen_resume(void) {
    // `refresh` after `endwin` sets the terminal up again and paints everything. After a SIGSTOP nobody has called
    // `endwin`, and the shell has left its own line discipline.
    if (!isendwin()) endwin();
    clearok(curscr, TRUE);
    refresh();
    write_mode("\033[?2004h");
    cn_screen_mouse(mouse_is_on);
    curs_set(0);
}

void cn_screen_measure(int *height, int *width) {
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
        if (size.ws_row != LINES || size.ws_col != COLS) {
            resizeterm(size.ws_row, size.ws_col);
            clearok(curscr, TRUE);
        }
    }
    *height = LINES;
    *width = COLS;
}

void cn_screen_repaint(void) { clearok(curscr, TRUE); }

int cn_screen_colors(void) { return has_colors() ? COLORS : 0; }

bool cn_screen_has_direct_color(void) { return tigetflag("RGB") > 0 || tigetnum("RGB") > 0; }

bool cn_screen_pair(int pair, int foreground, int background) {
    return pair < COLOR_PAIRS && init_extended_pair(pair, foreground, background) == OK;
}

void cn_screen_put(int row, int column, const uint32_t *scalars, size_t count, unsigned attributes, int pair) {
    wchar_t text[CCHARW_MAX + 1];
    size_t length = count < CCHARW_MAX ? count : CCHARW_MAX;
    for (size_t i = 0; i < length; ++i) text[i] = (wchar_t)scalars[i];
    text[length] = L'\0';
    attr_t style = A_NORMAL;
    if (attributes & CN_BOLD) style |= A_BOLD;
    if (attributes & CN_DIM) style |= A_DIM;
    if (attributes & CN_UNDERLINE) style |= A_UNDERLINE;
    if (attributes & CN_REVERSE) style |= A_REVERSE;
    cchar_t cell;
    if (setcchar(&cell, text, style, (short)pair, &pair) == OK) mvadd_wchnstr(row, column, &cell, 1);
}

void cn_screen_flush(int cursor_row, int cursor_column) {
    bool visible = cursor_row >= 0;
    curs_set(visible ? 1 : 0);
    if (visible) move(cursor_row, cursor_column);
    refresh();
}

static uint32_t named_key(wint_t code) {
    switch (code) {
    case KEY_UP: return CN_KEY_UP;
    case KEY_DOWN: return CN_KEY_DOWN;
    case KEY_LEFT: return CN_KEY_LEFT;
    case KEY_RIGHT: return CN_KEY_RIGHT;
    case KEY_HOME: return CN_KEY_HOME;
    case KEY_END: return CN_KEY_END;
    case KEY_PPAGE: return CN_KEY_PAGE_UP;
    case KEY_NPAGE: return CN_KEY_PAGE_DOWN;
    case KEY_BACKSPACE: return CN_KEY_BACKSPACE;
    case KEY_DC: return CN_KEY_DELETE;
    case KEY_BTAB: return CN_KEY_BACK_TAB;
    case KEY_ENTER: return CN_KEY_ENTER;
    case KEY_RESIZE: return CN_KEY_RESIZE;
    case SGR_MOUSE: return CN_KEY_MOUSE;
    case PASTE_BEGIN: return CN_KEY_PASTE_BEGIN;
    case PASTE_END: return CN_KEY_PASTE_END;
    default: break;
    }
    if (code > KEY_F0 && code <= KEY_F(12)) return CN_KEY_F1 + (code - KEY_F(1));
    return CN_KEY_UNKNOWN;
}

int cn_screen_read(uint32_t *value) {
    wint_t code = 0;
    int result = get_wch(&code);
    if (result == OK) {
        *value = (uint32_t)code;
        return CN_CHARACTER;
    }
    if (result != KEY_CODE_YES) return CN_NOTHING;
    *value = named_key(code);
    return CN_KEY;
}

void cn_screen_mouse(bool on) {
    mouse_is_on = on;
    write_mode(on ? "\033[?1000h\033[?1006h" : "\033[?1006l\033[?1000l");
}

void cn_screen_write(const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, count);
        if (written <= 0) return;
        bytes += written;
        count -= (size_t)written;
    }
}
