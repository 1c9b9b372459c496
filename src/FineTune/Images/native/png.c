#include "images.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <png.h>

typedef struct {
    const uint8_t *data;
    size_t left;
    char *text;
} source;

static void on_error(png_structp png, png_const_charp message)
{
    source *s = png_get_error_ptr(png);
    snprintf(s->text, FTI_TEXT, "the PNG data is damaged (%s)", message);
    longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void on_read(png_structp png, png_bytep out, size_t count)
{
    source *s = png_get_io_ptr(png);
    if (count > s->left)
        png_error(png, "it ends early");
    memcpy(out, s->data, count);
    s->data += count;
    s->left -= count;
}

/* Indices stand at the front of the row, and grow to colours from its back. An index beyond the palette is that grey,
   as in Pillow. */
static void expand_palette(png_structp png, png_infop info, uint8_t *rgb, size_t width, size_t height)
{
    uint8_t colours[256][3];
    png_colorp palette = NULL;
    int count = 0;
    png_get_PLTE(png, info, &palette, &count);
    for (int i = 0; i < 256; i++) {
        int known = palette != NULL && i < count;
        colours[i][0] = known ? palette[i].red : (uint8_t)i;
        colours[i][1] = known ? palette[i].green : (uint8_t)i;
        colours[i][2] = known ? palette[i].blue : (uint8_t)i;
    }
    for (size_t y = 0; y < height; y++) {
        uint8_t *row = rgb + y * 3 * width;
        for (size_t x = width; x-- > 0;)
            memcpy(row + 3 * x, colours[row[x]], 3);
    }
}

static int32_t read_image(png_structp png, png_infop info, fti_header *header, uint8_t *rgb, char *text)
{
    /* Only what makes pixels is read: no text, profile or gamma is unpacked or applied. */
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_check_for_invalid_index(png, 0);
    png_read_info(png, info);
    size_t width = png_get_image_width(png, info), height = png_get_image_height(png, info);
    int colour = png_get_color_type(png, info);
    if (rgb == NULL) {
        header->width = (int32_t)width;
        header->height = (int32_t)height;
        header->channels = png_get_channels(png, info);
        header->bits = png_get_bit_depth(png, info);
        return FTI_OK;
    }
    int32_t status = fti_same_size(header, (int64_t)width, (int64_t)height, text);
    if (status != FTI_OK)
        return status;
    int palette = colour == PNG_COLOR_TYPE_PALETTE;
    png_set_strip_16(png);
    if (palette) {
        png_set_packing(png);
    } else {
        png_set_expand_gray_1_2_4_to_8(png);
        png_set_strip_alpha(png);
        png_set_gray_to_rgb(png);
    }
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    if (png_get_rowbytes(png, info) != (palette ? 1 : 3) * width)
        return fti_fail(text, FTI_DAMAGED, "the PNG's rows are of an unexpected length");
    for (int pass = 0; pass < passes; pass++) {
        for (size_t y = 0; y < height; y++)
            png_read_row(png, rgb + y * 3 * width, NULL);
    }
    if (palette)
        expand_palette(png, info, rgb, width, height);
    return FTI_OK;
}

int32_t fti_png(const uint8_t *data, size_t size, fti_header *header, uint8_t *rgb, char *text)
{
    source s = { data, size, text };
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &s, on_error, on_warning);
    if (png == NULL)
        return fti_fail(text, FTI_DAMAGED, "libpng does not start");
    png_infop volatile info = NULL;
    if (setjmp(png_jmpbuf(png)) != 0) {
        png_infop made = info;
        png_destroy_read_struct(&png, &made, NULL);
        return FTI_DAMAGED;
    }
    info = png_create_info_struct(png);
    if (info == NULL)
        png_error(png, "out of memory");
    png_set_read_fn(png, &s, on_read);
    int32_t status = read_image(png, info, header, rgb, text);
    png_infop made = info;
    png_destroy_read_struct(&png, &made, NULL);
    return status;
}
