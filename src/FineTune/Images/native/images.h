/* The native half of FineTune.Images: JPEG, PNG and WebP bytes to RGB bytes over the system's libraries.
   Files are attacks: nothing is allocated from a header's word, every read is bounded by the bytes given, and an error
   inside a library comes back as a return value with its text, never as the end of the process. */
#ifndef FINETUNE_IMAGES_H
#define FINETUNE_IMAGES_H

#include <stddef.h>
#include <stdint.h>

#define FTI_EXPORT __attribute__((visibility("default")))
#define FTI_TEXT 256

enum fti_format { FTI_JPEG = 1, FTI_PNG = 2, FTI_WEBP = 3 };

enum fti_status {
    FTI_OK = 0,
    FTI_DAMAGED = 1, /* or of a kind that is not read: the text says why */
    FTI_CALL = 2     /* the caller's mistake */
};

/* What a header says. */
typedef struct {
    int32_t width;
    int32_t height;
    int32_t channels; /* as stored: 1 grey or palette, 2 grey and alpha, 3, 4 */
    int32_t bits;     /* a channel, as stored */
    int32_t animated; /* more than one frame */
} fti_header;

/* Reads the header alone. text has FTI_TEXT bytes and receives a clause on failure. */
FTI_EXPORT int32_t fti_identify(int32_t format, const uint8_t *data, size_t size, fti_header *header, char *text);

/* Decodes into rgb, [height, width, 3] bytes without padding; width and height must be the header's, else FTI_CALL. */
FTI_EXPORT int32_t fti_decode(int32_t format, const uint8_t *data, size_t size, int32_t max_scans,
                              int32_t width, int32_t height, uint8_t *rgb, char *text);

/* Names and versions of the libraries, into text. */
FTI_EXPORT void fti_libraries(char *text);

/* One of each per format. rgb is null to identify. */
int32_t fti_jpeg(const uint8_t *data, size_t size, int32_t max_scans, fti_header *header, uint8_t *rgb, char *text);
int32_t fti_png(const uint8_t *data, size_t size, fti_header *header, uint8_t *rgb, char *text);
int32_t fti_webp(const uint8_t *data, size_t size, fti_header *header, uint8_t *rgb, char *text);

int32_t fti_fail(char *text, int32_t status, const char *clause);

/* Before decoding: header holds what the caller's buffer was made for. */
int32_t fti_same_size(const fti_header *wanted, int64_t width, int64_t height, char *text);

#endif
