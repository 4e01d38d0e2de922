/* Wide strings of C programs, which exist on Windows: compiled with _WIN32 emulated. */
#include "HalconC.h"

int main(void) {
  const wchar_t text[] = {'a', 0xE9, 0x20AC, 0x1F600, 0};
  wchar_t back[8];
  Htuple tuple;
  create_tuple_s_from_wcs(&tuple, text);
  if (strcmp(get_s(tuple, 0), "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80") != 0) return 1;
  if (get_s_to_wcs(NULL, 0, tuple, 0) != 5 || get_s_to_wcs(back, 8, tuple, 0) != 5 || wcscmp(back, text) != 0) return 2;
  if (GS_W(back, 3, tuple, 0) != 5 || back[1] != 0xE9 || back[2] != 0) return 3;
  reuse_tuple_s_from_wcs(&tuple, L"again");
  resize_tuple(&tuple, 2);
  init_s_from_wcs(tuple, L"fresh", 1);
  SS_W(tuple, L"set", 0);
  if (strcmp(get_s(tuple, 0), "set") != 0 || strcmp(get_s(tuple, 1), "fresh") != 0) return 4;
  destroy_tuple(tuple);
  return 0;
}
