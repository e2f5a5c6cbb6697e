#ifndef CN_SESSION_H
#define CN_SESSION_H

// From here on, what is written gives the terminal back: a signal that ends the program drops nothing of it.
void cn_session_leave(void);

#endif
