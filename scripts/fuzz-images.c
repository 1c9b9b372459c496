/* Mutates the files given, again and again, and feeds them to the native half of FineTune.Images. Built by
   scripts/fuzz-images.sh with the address and undefined-behaviour sanitizers, which end it at the first fault.

       fuzz-images ROUNDS SEED FILE...                                                                                */
#include "../src/FineTune/Images/native/images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PIXELS (1 << 20)

static uint64_t state;

static uint32_t draw(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % below);
}

static int format_of(const uint8_t *data, size_t size)
{
    if (size > 3 && data[0] == 0xFF && data[1] == 0xD8)
        return FTI_JPEG;
    if (size > 8 && memcmp(data, "\x89PNG", 4) == 0)
        return FTI_PNG;
    return size > 12 && memcmp(data + 8, "WEBP", 4) == 0 ? FTI_WEBP : 0;
}

static size_t mutate(uint8_t *data, size_t size)
{
    for (uint32_t edits = 1 + draw(6); edits > 0 && size > 16; edits--) {
        size_t at = draw(draw(2) ? 64 : (uint32_t)size) % size;
        switch (draw(5)) {
        case 0:
            data[at] ^= (uint8_t)(1u << draw(8));
            break;
        case 1:
            data[at] = (uint8_t)draw(256);
            break;
        case 2:
            memset(data + at, draw(2) ? 255 : 0, size - at < 4 ? size - at : 4);
            break;
        case 3:
            size = at > 16 ? at : size;
            break;
        default: {
            size_t from = draw((uint32_t)size), count = draw(32);
            if (from + count <= size && at + count <= size)
                memmove(data + at, data + from, count);
        }
        }
    }
    return size;
}

/* Sums every byte, so that the sanitizer of memory sees one that was never written. */
static void decode_once(const uint8_t *data, size_t size, long counts[2])
{
    char text[FTI_TEXT];
    fti_header header;
    int format = format_of(data, size);
    int decoded = 0;
    if (format != 0 && fti_identify(format, data, size, &header, text) == FTI_OK
        && header.width > 0 && header.height > 0 && (int64_t)header.width * header.height <= MOST_PIXELS) {
        size_t length = (size_t)3 * (size_t)header.width * (size_t)header.height;
        uint8_t *rgb = malloc(length);
        decoded = fti_decode(format, data, size, 100, header.width, header.height, rgb, text) == FTI_OK;
        volatile unsigned sum = 0;
        for (size_t i = 0; decoded && i < length; i++)
            sum += rgb[i];
        free(rgb);
    }
    counts[decoded]++;
}

int main(int argc, char **argv)
{
    long rounds = argc > 3 ? atol(argv[1]) : 0, counts[2] = { 0, 0 };
    state = argc > 3 ? strtoull(argv[2], NULL, 10) : 0;
    for (int i = 3; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        if (file == NULL)
            return 2;
        static uint8_t original[1 << 20];
        size_t size = fread(original, 1, sizeof original, file);
        fclose(file);
        for (long round = 0; round < rounds; round++) {
            uint8_t *copy = malloc(size);
            memcpy(copy, original, size);
            size_t cut = mutate(copy, size);
            uint8_t *exact = malloc(cut); /* a read one byte behind the end must show */
            memcpy(exact, copy, cut);
            decode_once(exact, cut, counts);
            free(exact);
            free(copy);
        }
    }
    printf("%ld files decoded, %ld refused\n", counts[1], counts[0]);
    return 0;
}
