#include "CDecoders.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

struct connector_inflater {
    z_stream stream;
};

connector_inflater *connector_inflater_create(void) {
    connector_inflater *inflater = calloc(1, sizeof *inflater);
    if (inflater == NULL) return NULL;
    // 16 more than the largest window says that the data is gzip.
    if (inflateInit2(&inflater->stream, 16 + MAX_WBITS) != Z_OK) {
        free(inflater);
        return NULL;
    }
    return inflater;
}

void connector_inflater_reset(connector_inflater *inflater) { inflateReset(&inflater->stream); }

void connector_inflater_destroy(connector_inflater *inflater) {
    inflateEnd(&inflater->stream);
    free(inflater);
}

connector_inflate_status connector_inflate(
    connector_inflater *inflater, const void *input, size_t *input_count, void *output, size_t *output_count) {
    z_stream *stream = &inflater->stream;
    uInt given = *input_count > UINT_MAX ? UINT_MAX : (uInt)*input_count;
    uInt room = *output_count > UINT_MAX ? UINT_MAX : (uInt)*output_count;
    stream->next_in = (Bytef *)input;
    stream->avail_in = given;
    stream->next_out = output;
    stream->avail_out = room;
    int status = inflate(stream, Z_NO_FLUSH);
    *input_count = given - stream->avail_in;
    *output_count = room - stream->avail_out;
    switch (status) {
    case Z_OK:
    case Z_BUF_ERROR: return CONNECTOR_INFLATE_OK;
    case Z_STREAM_END: return CONNECTOR_INFLATE_MEMBER_END;
    case Z_MEM_ERROR: return CONNECTOR_INFLATE_NO_MEMORY;
    default: return CONNECTOR_INFLATE_DAMAGED;
    }
}
