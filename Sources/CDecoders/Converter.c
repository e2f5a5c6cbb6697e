#include "CDecoders.h"

#include <errno.h>
#include <iconv.h>

void *connector_converter_create(const char *encoding) {
    iconv_t converter = iconv_open("UTF-8", encoding);
    return converter == (iconv_t)-1 ? NULL : converter;
}

void connector_converter_destroy(void *converter) { iconv_close(converter); }

connector_convert_status connector_convert(
    void *converter, const void *input, size_t *input_count, void *output, size_t *output_count) {
    char *from = (char *)input;
    char *to = output;
    size_t given = *input_count;
    size_t room = *output_count;
    size_t status = iconv(converter, input == NULL ? NULL : &from, &given, &to, &room);
    int fault = status == (size_t)-1 ? errno : 0;
    *input_count -= given;
    *output_count -= room;
    switch (fault) {
    case 0: return CONNECTOR_CONVERT_OK;
    case E2BIG: return CONNECTOR_CONVERT_FULL;
    case EINVAL: return CONNECTOR_CONVERT_INCOMPLETE;
    default: return CONNECTOR_CONVERT_INVALID;
    }
}
