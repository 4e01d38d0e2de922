/* Control tuples for C programs (C99, also valid C++). Part of HalconC.h.
 *
 * Every name below is a macro. It calls a checked function M<name>(..., file, line), which reports a wrong index, a
 * wrong type or a deleted tuple; with HC_FAST defined it calls F_<name>(...), which checks nothing. Arguments: P is a
 * pointer to a tuple, T the tuple itself (the macro takes its address), I an index from 0.
 *
 * A tuple is created once (create_tuple..., an output of an operator, copy_tuple) and destroyed once. Strings are
 * UTF-8, copied in and owned by the tuple; handles are counted references. Errors: with the check "give_error" active
 * (set_check, the default) a message on stderr and the end of the program, else the error code (functions that return
 * a value return 0 or ""). */
#ifndef ALCEDO_HTUPLE_H
#define ALCEDO_HTUPLE_H

#include "hcore.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Both families of functions. H_TUPLE_FUNCTION(result, name, arguments). */
#define H_TUPLE_FUNCTIONS                                                                              \
  H_TUPLE_FUNCTION(Herror, create_tuple, (Htuple * tuple, Hlong length))                               \
  H_TUPLE_FUNCTION(Herror, create_tuple_type, (Htuple * tuple, Hlong length, int type))                \
  H_TUPLE_FUNCTION(Herror, create_tuple_i, (Htuple * tuple, Hlong value))                              \
  H_TUPLE_FUNCTION(Herror, create_tuple_d, (Htuple * tuple, double value))                             \
  H_TUPLE_FUNCTION(Herror, create_tuple_s, (Htuple * tuple, const char* value))                        \
  H_TUPLE_FUNCTION(Herror, create_tuple_h, (Htuple * tuple, Hphandle value))                           \
  H_TUPLE_FUNCTION(Herror, reuse_tuple_i, (Htuple * tuple, Hlong value))                               \
  H_TUPLE_FUNCTION(Herror, reuse_tuple_d, (Htuple * tuple, double value))                              \
  H_TUPLE_FUNCTION(Herror, reuse_tuple_s, (Htuple * tuple, const char* value))                         \
  H_TUPLE_FUNCTION(Herror, reuse_tuple_h, (Htuple * tuple, Hphandle value))                            \
  H_TUPLE_FUNCTION(Herror, destroy_tuple, (Htuple * tuple))                                            \
  H_TUPLE_FUNCTION(Herror, copy_tuple, (const Htuple* from, Htuple* to))                               \
  H_TUPLE_FUNCTION(Herror, attach_tuple, (Htuple * from, Htuple * to))                                 \
  H_TUPLE_FUNCTION(Herror, resize_tuple, (Htuple * tuple, Hlong length))                               \
  H_TUPLE_FUNCTION(Hlong, length_tuple, (const Htuple* tuple))                                         \
  H_TUPLE_FUNCTION(int, get_type, (const Htuple* tuple, Hlong index))                                  \
  H_TUPLE_FUNCTION(Herror, set_i, (Htuple * tuple, Hlong value, Hlong index))                          \
  H_TUPLE_FUNCTION(Herror, set_d, (Htuple * tuple, double value, Hlong index))                         \
  H_TUPLE_FUNCTION(Herror, set_s, (Htuple * tuple, const char* value, Hlong index))                    \
  H_TUPLE_FUNCTION(Herror, set_h, (Htuple * tuple, Hphandle value, Hlong index))                       \
  H_TUPLE_FUNCTION(Herror, init_i, (Htuple * tuple, Hlong value, Hlong index))                         \
  H_TUPLE_FUNCTION(Herror, init_d, (Htuple * tuple, double value, Hlong index))                        \
  H_TUPLE_FUNCTION(Herror, init_s, (Htuple * tuple, const char* value, Hlong index))                   \
  H_TUPLE_FUNCTION(Herror, init_h, (Htuple * tuple, Hphandle value, Hlong index))                      \
  H_TUPLE_FUNCTION(Herror, init_s_len, (Htuple * tuple, Hlong length, Hlong index))                    \
  H_TUPLE_FUNCTION(Hlong, get_i, (const Htuple* tuple, Hlong index))                                   \
  H_TUPLE_FUNCTION(double, get_d, (const Htuple* tuple, Hlong index))                                  \
  H_TUPLE_FUNCTION(const char*, get_s, (const Htuple* tuple, Hlong index))                             \
  H_TUPLE_FUNCTION(Hphandle, get_h, (const Htuple* tuple, Hlong index))                                \
  H_TUPLE_FUNCTION(Hlong*, at_i, (const Htuple* tuple, Hlong index))                                   \
  H_TUPLE_FUNCTION(double*, at_d, (const Htuple* tuple, Hlong index))                                  \
  H_TUPLE_FUNCTION(char**, at_s, (const Htuple* tuple, Hlong index))                                   \
  H_TUPLE_FUNCTION(Hphandle*, at_h, (const Htuple* tuple, Hlong index))                                \
  H_TUPLE_FUNCTION(Herror, create_tuple_s_from_utf8, (Htuple * tuple, const char* value))              \
  H_TUPLE_FUNCTION(Herror, create_tuple_s_from_local8bit, (Htuple * tuple, const char* value))         \
  H_TUPLE_FUNCTION(Herror, reuse_tuple_s_from_utf8, (Htuple * tuple, const char* value))               \
  H_TUPLE_FUNCTION(Herror, reuse_tuple_s_from_local8bit, (Htuple * tuple, const char* value))          \
  H_TUPLE_FUNCTION(Herror, set_s_from_utf8, (Htuple * tuple, const char* value, Hlong index))          \
  H_TUPLE_FUNCTION(Herror, set_s_from_local8bit, (Htuple * tuple, const char* value, Hlong index))     \
  H_TUPLE_FUNCTION(Herror, init_s_from_utf8, (Htuple * tuple, const char* value, Hlong index))         \
  H_TUPLE_FUNCTION(Herror, init_s_from_local8bit, (Htuple * tuple, const char* value, Hlong index))    \
  H_TUPLE_FUNCTION(Hlong, get_s_to_utf8, (char* buffer, Hlong size, const Htuple* tuple, Hlong index)) \
  H_TUPLE_FUNCTION(Hlong, get_s_to_local8bit, (char* buffer, Hlong size, const Htuple* tuple, Hlong index))

/* F_name(arguments) */
#define H_TUPLE_FUNCTION(result, name, arguments) H_EXPORT result F_##name arguments;
H_TUPLE_FUNCTIONS
#undef H_TUPLE_FUNCTION

/* Mname(arguments, file, line) */
#define H_TUPLE_UNPACK(...) __VA_ARGS__
#define H_TUPLE_FUNCTION(result, name, arguments) \
  H_EXPORT result M##name(H_TUPLE_UNPACK arguments, const char* file, int line);
H_TUPLE_FUNCTIONS
#undef H_TUPLE_FUNCTION

/* Strings at this interface are UTF-8. The local encoding can only be chosen where it is UTF-8, too; else error 9000.
 */
H_EXPORT Herror SetHcInterfaceStringEncodingIsUtf8(int is_utf8);
H_EXPORT int IsHcInterfaceStringEncodingUtf8(void);

#ifdef __cplusplus
}
#endif

/* ---- The names that programs use. */
#ifndef ALCEDO_NO_TUPLE_MACROS

#ifdef HC_FAST
#define H_TUPLE_CALL(name, ...) F_##name(__VA_ARGS__)
#else
#define H_TUPLE_CALL(name, ...) M##name(__VA_ARGS__, __FILE__, __LINE__)
#endif

#define create_tuple(P, LENGTH) H_TUPLE_CALL(create_tuple, P, LENGTH)
#define create_tuple_type(P, LENGTH, TYPE) H_TUPLE_CALL(create_tuple_type, P, LENGTH, TYPE)
#define create_tuple_i(P, VALUE) H_TUPLE_CALL(create_tuple_i, P, VALUE)
#define create_tuple_d(P, VALUE) H_TUPLE_CALL(create_tuple_d, P, VALUE)
#define create_tuple_s(P, VALUE) H_TUPLE_CALL(create_tuple_s, P, VALUE)
#define create_tuple_h(P, VALUE) H_TUPLE_CALL(create_tuple_h, P, VALUE)
#define reuse_tuple_i(P, VALUE) H_TUPLE_CALL(reuse_tuple_i, P, VALUE)
#define reuse_tuple_d(P, VALUE) H_TUPLE_CALL(reuse_tuple_d, P, VALUE)
#define reuse_tuple_s(P, VALUE) H_TUPLE_CALL(reuse_tuple_s, P, VALUE)
#define reuse_tuple_h(P, VALUE) H_TUPLE_CALL(reuse_tuple_h, P, VALUE)
#define destroy_tuple(T) H_TUPLE_CALL(destroy_tuple, &(T))
#define copy_tuple(T, P) H_TUPLE_CALL(copy_tuple, &(T), P)
#define attach_tuple(T, P) H_TUPLE_CALL(attach_tuple, &(T), P)
#define resize_tuple(P, LENGTH) H_TUPLE_CALL(resize_tuple, P, LENGTH)
#define length_tuple(T) H_TUPLE_CALL(length_tuple, &(T))
#define get_type(T, I) H_TUPLE_CALL(get_type, &(T), I)
#define set_i(T, VALUE, I) H_TUPLE_CALL(set_i, &(T), VALUE, I)
#define set_d(T, VALUE, I) H_TUPLE_CALL(set_d, &(T), VALUE, I)
#define set_s(T, VALUE, I) H_TUPLE_CALL(set_s, &(T), VALUE, I)
#define set_h(T, VALUE, I) H_TUPLE_CALL(set_h, &(T), VALUE, I)
#define init_i(T, VALUE, I) H_TUPLE_CALL(init_i, &(T), VALUE, I)
#define init_d(T, VALUE, I) H_TUPLE_CALL(init_d, &(T), VALUE, I)
#define init_s(T, VALUE, I) H_TUPLE_CALL(init_s, &(T), VALUE, I)
#define init_h(T, VALUE, I) H_TUPLE_CALL(init_h, &(T), VALUE, I)
#define init_s_len(T, LENGTH, I) H_TUPLE_CALL(init_s_len, &(T), LENGTH, I)
#define get_i(T, I) H_TUPLE_CALL(get_i, &(T), I)
#define get_d(T, I) H_TUPLE_CALL(get_d, &(T), I)
#define get_s(T, I) H_TUPLE_CALL(get_s, &(T), I)
#define get_h(T, I) H_TUPLE_CALL(get_h, &(T), I)
/* Elements in place: these can be assigned to. */
#define at_i(T, I) (*H_TUPLE_CALL(at_i, &(T), I))
#define at_d(T, I) (*H_TUPLE_CALL(at_d, &(T), I))
#define at_s(T, I) (*H_TUPLE_CALL(at_s, &(T), I))
#define at_h(T, I) (*H_TUPLE_CALL(at_h, &(T), I))
#define create_tuple_s_from_utf8(P, VALUE) H_TUPLE_CALL(create_tuple_s_from_utf8, P, VALUE)
#define create_tuple_s_from_local8bit(P, VALUE) H_TUPLE_CALL(create_tuple_s_from_local8bit, P, VALUE)
#define reuse_tuple_s_from_utf8(P, VALUE) H_TUPLE_CALL(reuse_tuple_s_from_utf8, P, VALUE)
#define reuse_tuple_s_from_local8bit(P, VALUE) H_TUPLE_CALL(reuse_tuple_s_from_local8bit, P, VALUE)
#define set_s_from_utf8(T, VALUE, I) H_TUPLE_CALL(set_s_from_utf8, &(T), VALUE, I)
#define set_s_from_local8bit(T, VALUE, I) H_TUPLE_CALL(set_s_from_local8bit, &(T), VALUE, I)
#define init_s_from_utf8(T, VALUE, I) H_TUPLE_CALL(init_s_from_utf8, &(T), VALUE, I)
#define init_s_from_local8bit(T, VALUE, I) H_TUPLE_CALL(init_s_from_local8bit, &(T), VALUE, I)
/* Both return the size that the whole text needs, with its end; BUFFER may be NULL with SIZE 0 to ask for it. */
#define get_s_to_utf8(BUFFER, SIZE, T, I) H_TUPLE_CALL(get_s_to_utf8, BUFFER, SIZE, &(T), I)
#define get_s_to_local8bit(BUFFER, SIZE, T, I) H_TUPLE_CALL(get_s_to_local8bit, BUFFER, SIZE, &(T), I)

#ifndef HC_HIDE_SHORT_VERSIONS
#define CT create_tuple
#define CPT copy_tuple
#define RT resize_tuple
#define DT destroy_tuple
#define LT length_tuple
#define SI set_i
#define SD set_d
#define SS set_s
#define SH set_h
#define GI get_i
#define GD get_d
#define GS get_s
#define GH get_h
#define GT get_type
#define SS_U8 set_s_from_utf8
#define SS_LOC set_s_from_local8bit
#define GS_U8 get_s_to_utf8
#define GS_LOC get_s_to_local8bit
#define TC T_call_halcon
#define IT set_in_tpar
#define OT set_out_tpar
#define IO set_in_opar
#define OO set_out_opar
#endif

#endif /* ALCEDO_NO_TUPLE_MACROS */
#endif
