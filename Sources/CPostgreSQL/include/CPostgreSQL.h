#ifndef CPOSTGRESQL_H
#define CPOSTGRESQL_H

// The client library of PostgreSQL. Builds without the trait need no header of it.
#if __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#elif __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#endif

#endif
