#include "images.h"

#include <stdio.h>

#include <webp/decode.h>

static int32_t damaged(VP8StatusCode status, char *text)
{
    static const char *const reasons[] = {
        "ok", "out of memory", "invalid parameter", "bitstream error", "unsupported feature", "suspended",
        "aborted by the user", "it ends early"
    };
    size_t known = sizeof reasons / sizeof reasons[0];
    const char *reason = status == VP8_STATUS_SUSPENDED ? reasons[VP8_STATUS_NOT_ENOUGH_DATA]
        : (size_t)status < known ? reasons[status] : "unknown error";
    snprintf(text, FTI_TEXT, "the WebP data is damaged (%s)", reason);
    return FTI_DAMAGED;
}

int32_t fti_webp(const uint8_t *data, size_t size, fti_header *header, uint8_t *rgb, char *text)
{
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config))
        return fti_fail(text, FTI_CALL, "libwebp is of another version than its header");
    VP8StatusCode status = WebPGetFeatures(data, size, &config.input);
    if (status != VP8_STATUS_OK)
        return damaged(status, text);
    if (rgb == NULL) {
        header->width = config.input.width;
        header->height = config.input.height;
        header->channels = config.input.has_alpha ? 4 : 3;
        header->bits = 8;
        header->animated = config.input.has_animation;
        return FTI_OK;
    }
    if (config.input.has_animation)
        return fti_fail(text, FTI_DAMAGED, "an animated WebP is not read");
    int32_t same = fti_same_size(header, config.input.width, config.input.height, text);
    if (same != FTI_OK)
        return same;
    config.output.colorspace = MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = rgb;
    config.output.u.RGBA.stride = 3 * header->width;
    config.output.u.RGBA.size = (size_t)3 * (size_t)header->width * (size_t)header->height;
    status = WebPDecode(data, size, &config);
    WebPFreeDecBuffer(&config.output);
    return status == VP8_STATUS_OK ? FTI_OK : damaged(status, text);
}
