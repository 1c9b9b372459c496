#include "images.h"

#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>
#include <webp/decode.h>

#define STRING2(x) #x
#define STRING(x) STRING2(x)

int32_t fti_fail(char *text, int32_t status, const char *clause)
{
    snprintf(text, FTI_TEXT, "%s", clause);
    return status;
}

int32_t fti_same_size(const fti_header *wanted, int64_t width, int64_t height, char *text)
{
    return wanted->width == width && wanted->height == height
        ? FTI_OK
        : fti_fail(text, FTI_CALL, "the buffer was made for another size than the header's");
}

static int32_t dispatch(int32_t format, const uint8_t *data, size_t size, int32_t max_scans, fti_header *header,
                        uint8_t *rgb, char *text)
{
    text[0] = 0;
    switch (format) {
    case FTI_JPEG:
        return fti_jpeg(data, size, max_scans, header, rgb, text);
    case FTI_PNG:
        return fti_png(data, size, header, rgb, text);
    case FTI_WEBP:
        return fti_webp(data, size, header, rgb, text);
    default:
        return fti_fail(text, FTI_CALL, "no such format");
    }
}

int32_t fti_identify(int32_t format, const uint8_t *data, size_t size, fti_header *header, char *text)
{
    memset(header, 0, sizeof *header);
    return dispatch(format, data, size, 0, header, NULL, text);
}

int32_t fti_decode(int32_t format, const uint8_t *data, size_t size, int32_t max_scans,
                   int32_t width, int32_t height, uint8_t *rgb, char *text)
{
    fti_header header = { .width = width, .height = height };
    if (rgb == NULL || width < 1 || height < 1)
        return fti_fail(text, FTI_CALL, "no buffer");
    return dispatch(format, data, size, max_scans, &header, rgb, text);
}

void fti_libraries(char *text)
{
    int webp = WebPGetDecoderVersion();
#ifdef LIBJPEG_TURBO_VERSION
    const char *jpeg = "libjpeg-turbo " STRING(LIBJPEG_TURBO_VERSION);
#else
    const char *jpeg = "libjpeg " STRING(JPEG_LIB_VERSION);
#endif
    snprintf(text, FTI_TEXT, "%s, libpng %s, libwebp %d.%d.%d", jpeg, png_get_libpng_ver(NULL),
             webp >> 16, webp >> 8 & 255, webp & 255);
}
