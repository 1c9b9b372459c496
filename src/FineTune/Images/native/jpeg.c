#include "images.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#define ROWS 16

typedef struct {
    struct jpeg_error_mgr errors; /* first: libjpeg knows only this */
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    int32_t max_scans;
    char *text;
} reader;

static void on_error(j_common_ptr cinfo)
{
    reader *r = (reader *)cinfo->err;
    char message[JMSG_LENGTH_MAX];
    cinfo->err->format_message(cinfo, message);
    snprintf(r->text, FTI_TEXT, "the JPEG data is damaged (%s)", message);
    longjmp(r->escape, 1);
}

/* libjpeg warns where it fills in pixels that the file does not have. Those are errors here: what is missing is not
   grey. Warnings that leave every pixel as the encoder meant it pass, as in Pillow. */
static void on_message(j_common_ptr cinfo, int level)
{
    if (level >= 0)
        return;
    switch (cinfo->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_ARITH_BAD_CODE:
        on_error(cinfo);
        break;
    default:
        cinfo->err->num_warnings++;
    }
}

static void on_progress(j_common_ptr cinfo)
{
    reader *r = (reader *)cinfo->err;
    if (((j_decompress_ptr)cinfo)->input_scan_number <= r->max_scans)
        return;
    snprintf(r->text, FTI_TEXT, "the JPEG has more than %d scans", (int)r->max_scans);
    longjmp(r->escape, 1);
}

static void on_output(j_common_ptr cinfo)
{
    (void)cinfo;
}

/* a * b / 255, rounded, as Pillow's MULDIV255. */
static unsigned scale(unsigned a, unsigned b)
{
    unsigned t = a * b + 128;
    return ((t >> 8) + t) >> 8;
}

/* Every CMYK JPEG is taken for Adobe's, which stores the ink inverted: as Pillow does. c, m, y here are 255 - ink. */
static void cmyk_to_rgb(const uint8_t *in, uint8_t *out, size_t width)
{
    for (size_t x = 0; x < width; x++, in += 4, out += 3) {
        unsigned light = in[3];
        out[0] = (uint8_t)(light - scale(255u - in[0], light));
        out[1] = (uint8_t)(light - scale(255u - in[1], light));
        out[2] = (uint8_t)(light - scale(255u - in[2], light));
    }
}

static void read_rows(j_decompress_ptr cinfo, uint8_t *rgb)
{
    size_t width = cinfo->output_width, stride = 3 * width;
    JSAMPROW rows[ROWS];
    JSAMPARRAY inks = NULL;
    if (cinfo->out_color_space == JCS_CMYK)
        inks = cinfo->mem->alloc_sarray((j_common_ptr)cinfo, JPOOL_IMAGE, (JDIMENSION)(4 * width), 1);
    while (cinfo->output_scanline < cinfo->output_height) {
        size_t y = cinfo->output_scanline;
        if (inks != NULL) {
            jpeg_read_scanlines(cinfo, inks, 1);
            cmyk_to_rgb(inks[0], rgb + y * stride, width);
            continue;
        }
        size_t left = cinfo->output_height - y;
        JDIMENSION count = left < ROWS ? (JDIMENSION)left : ROWS;
        for (JDIMENSION i = 0; i < count; i++)
            rows[i] = rgb + (y + i) * stride;
        jpeg_read_scanlines(cinfo, rows, count);
    }
}

static int32_t read_image(j_decompress_ptr cinfo, reader *r, fti_header *header, uint8_t *rgb)
{
    jpeg_read_header(cinfo, TRUE);
    int32_t components = cinfo->num_components;
    if (components != 1 && components != 3 && components != 4) {
        snprintf(r->text, FTI_TEXT, "a JPEG of %d components is not read (1, 3 and 4 are)", (int)components);
        return FTI_DAMAGED;
    }
    if (rgb == NULL) {
        header->width = (int32_t)cinfo->image_width;
        header->height = (int32_t)cinfo->image_height;
        header->channels = components;
        header->bits = cinfo->data_precision;
        return FTI_OK;
    }
    int32_t status = fti_same_size(header, cinfo->image_width, cinfo->image_height, r->text);
    if (status != FTI_OK)
        return status;
    cinfo->out_color_space = components == 4 ? JCS_CMYK : JCS_RGB;
    cinfo->dct_method = JDCT_ISLOW;
    cinfo->do_fancy_upsampling = TRUE;
    jpeg_start_decompress(cinfo);
    if (cinfo->output_components != (components == 4 ? 4 : 3))
        return fti_fail(r->text, FTI_DAMAGED, "the JPEG's colours cannot be turned into RGB");
    read_rows(cinfo, rgb);
    jpeg_finish_decompress(cinfo);
    return FTI_OK;
}

int32_t fti_jpeg(const uint8_t *data, size_t size, int32_t max_scans, fti_header *header, uint8_t *rgb, char *text)
{
    reader r;
    struct jpeg_decompress_struct cinfo;
    memset(&r, 0, sizeof r);
    memset(&cinfo, 0, sizeof cinfo);
    r.max_scans = max_scans;
    r.text = text;
    cinfo.err = jpeg_std_error(&r.errors);
    r.errors.error_exit = on_error;
    r.errors.emit_message = on_message;
    r.errors.output_message = on_output;
    if (setjmp(r.escape) != 0) {
        jpeg_destroy_decompress(&cinfo);
        return FTI_DAMAGED;
    }
    jpeg_create_decompress(&cinfo);
    r.progress.progress_monitor = on_progress;
    cinfo.progress = &r.progress;
    jpeg_mem_src(&cinfo, data, (unsigned long)size);
    int32_t status = read_image(&cinfo, &r, header, rgb);
    jpeg_destroy_decompress(&cinfo);
    return status;
}
