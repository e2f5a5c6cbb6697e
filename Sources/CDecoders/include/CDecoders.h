// Decompression and text conversion of the system's libraries, in the form that Swift can call.
#ifndef CDECODERS_H
#define CDECODERS_H

#include <stddef.h>

typedef struct connector_inflater connector_inflater;

typedef enum {
    CONNECTOR_INFLATE_OK,
    // The member ended; more may follow.
    CONNECTOR_INFLATE_MEMBER_END,
    CONNECTOR_INFLATE_DAMAGED,
    CONNECTOR_INFLATE_NO_MEMORY,
} connector_inflate_status;

// A decompressor for gzip members; null without memory.
connector_inflater *connector_inflater_create(void);
// Makes it ready for the next member.
void connector_inflater_reset(connector_inflater *inflater);
void connector_inflater_destroy(connector_inflater *inflater);
// Takes bytes from `input` and gives bytes to `output`; both counts become what was used of them.
connector_inflate_status connector_inflate(
    connector_inflater *inflater, const void *input, size_t *input_count, void *output, size_t *output_count);

typedef enum {
    CONNECTOR_CONVERT_OK,
    // The output is full.
    CONNECTOR_CONVERT_FULL,
    // The input ends inside a character.
    CONNECTOR_CONVERT_INCOMPLETE,
    // The input holds what is not a character.
    CONNECTOR_CONVERT_INVALID,
} connector_convert_status;

// A converter from an encoding to UTF-8; null when the C library does not know the encoding.
void *connector_converter_create(const char *encoding);
void connector_converter_destroy(void *converter);
// Takes bytes from `input` and gives bytes to `output`; both counts become what was used of them. A null input ends
// the text.
connector_convert_status connector_convert(
    void *converter, const void *input, size_t *input_count, void *output, size_t *output_count);

#endif
