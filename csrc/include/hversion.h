/* The handshake of C programs: before main, a program that was compiled with newer headers than the library's ends with
 * a message instead of failing later. Part of HalconC.h; ALCEDO_NO_HANDSHAKE leaves it out. */
#ifndef ALCEDO_HVERSION_H
#define ALCEDO_HVERSION_H

#include "hcore.h"

#if defined(__GNUC__) && !defined(ALCEDO_NO_HANDSHAKE)
#include <stdio.h>
#include <stdlib.h>

static void alcedo_handshake(void) __attribute__((constructor, unused));
static void alcedo_handshake(void) {
  HErrorInfo info;
  if (HCheckInterface(ALCEDO_INTERFACE, &info) == H_MSG_OK) return;
  fprintf(stderr, "alcedo: %s\n", info.text);
  exit(1);
}
#endif
#endif
