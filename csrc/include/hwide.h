/* Wide strings in tuples, where they exist: on Windows. Part of HalconC.h; header-only, over the functions for UTF-8.
 */
#ifndef ALCEDO_HWIDE_H
#define ALCEDO_HWIDE_H

#include "htuple.h"

#if defined(_WIN32) && !defined(ALCEDO_NO_TUPLE_MACROS)
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* UTF-16, or UTF-32 where wchar_t is that wide, to UTF-8; the caller frees the text. NULL: no memory. */
static inline char* alcedo_from_wide(const wchar_t* wide) {
  char* text = (char*)malloc(4 * wcslen(wide) + 1);
  char* out = text;
  for (; text && *wide; ++wide) {
    unsigned long c = (unsigned long)*wide;
    int tail, i;
    if (c >= 0xD800 && c < 0xDC00 && wide[1] >= 0xDC00 && wide[1] < 0xE000)
      c = 0x10000 + ((c - 0xD800) << 10) + ((unsigned long)*++wide - 0xDC00);
    tail = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    *out++ = (char)(tail == 0 ? c : ((0xF00UL >> (tail + 1) & 0xFF) | c >> 6 * tail));
    for (i = tail - 1; i >= 0; --i) *out++ = (char)(0x80 | (c >> 6 * i & 0x3F));
  }
  if (text) *out = '\0';
  return text;
}

/* Writes at most `size` units with the end; returns the units that the whole text needs, with its end. */
static inline Hlong alcedo_to_wide(wchar_t* buffer, Hlong size, const char* text) {
  const unsigned char* in = (const unsigned char*)text;
  Hlong used = 0;
  while (*in) {
    const int tail = *in < 0xC0 ? 0 : *in < 0xE0 ? 1 : *in < 0xF0 ? 2 : 3;
    unsigned long c = tail == 0 ? *in : *in & (0x3FU >> tail);
    int i;
    ++in;
    for (i = 0; i < tail && *in; ++i) c = c << 6 | (*in++ & 0x3FU);
    if (c >= 0x10000 && sizeof(wchar_t) == 2) {
      if (used + 1 < size) buffer[used] = (wchar_t)(0xD800 + ((c - 0x10000) >> 10));
      ++used;
      c = 0xDC00 + ((c - 0x10000) & 0x3FF);
    }
    if (used + 1 < size) buffer[used] = (wchar_t)c;
    ++used;
  }
  if (size > 0) buffer[used < size ? used : size - 1] = 0;
  return used + 1;
}

static inline Herror alcedo_create_wide(Htuple* tuple, const wchar_t* value) {
  char* text = alcedo_from_wide(value);
  const Herror error = text ? create_tuple_s(tuple, text) : 6001;
  free(text);
  return error;
}

static inline Herror alcedo_reuse_wide(Htuple* tuple, const wchar_t* value) {
  char* text = alcedo_from_wide(value);
  const Herror error = text ? reuse_tuple_s(tuple, text) : 6001;
  free(text);
  return error;
}

static inline Herror alcedo_set_wide(Htuple* tuple, const wchar_t* value, Hlong index, int is_fresh) {
  char* text = alcedo_from_wide(value);
  const Herror error = !text ? 6001 : is_fresh ? init_s(*tuple, text, index) : set_s(*tuple, text, index);
  free(text);
  return error;
}

#define create_tuple_s_from_wcs(P, VALUE) alcedo_create_wide(P, VALUE)
#define reuse_tuple_s_from_wcs(P, VALUE) alcedo_reuse_wide(P, VALUE)
#define init_s_from_wcs(T, VALUE, I) alcedo_set_wide(&(T), VALUE, I, 1)
#define set_s_from_wcs(T, VALUE, I) alcedo_set_wide(&(T), VALUE, I, 0)
/* Returns the size that the whole text needs, with its end; BUFFER may be NULL with SIZE 0 to ask for it. */
#define get_s_to_wcs(BUFFER, SIZE, T, I) alcedo_to_wide(BUFFER, SIZE, get_s(T, I))
#ifndef HC_HIDE_SHORT_VERSIONS
#define SS_W set_s_from_wcs
#define GS_W get_s_to_wcs
#endif
#endif
#endif
