/* Alcedo's public C interface (C99, also valid C++): base types, the control tuple, and the one way into the
 * core, HCall. Every language binding stands on this file. Layouts are those of the documented interface on
 * 64-bit platforms; static assertions in csrc/api/tuple_abi.cpp hold them.
 *
 * Rules: no function lets an exception out; a result of 2 (H_MSG_TRUE) means success; on an error outputs are
 * untouched and nothing needs freeing. Strings are UTF-8. */
#ifndef ALCEDO_HCORE_H
#define ALCEDO_HCORE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define H_EXPORT __declspec(dllexport)
typedef __int64 INT4_8;
#else
#define H_EXPORT __attribute__((visibility("default")))
typedef long INT4_8;
#endif

/* Version of this interface: raised by one whenever this header gains or changes something. */
#ifndef ALCEDO_INTERFACE
#define ALCEDO_INTERFACE 1
#endif

typedef INT4_8 Hlong;
typedef uint32_t Herror;
typedef Hlong* Hkey; /* opaque key of an iconic object (tuple) */
typedef Hkey Hobject;
typedef struct HHandleRecord* Hphandle; /* opaque reference-counted handle record */

#define H_MSG_OK 2
#define H_MSG_TRUE 2
#define H_MSG_FALSE 3
#define H_MSG_VOID 4
#define H_MSG_FAIL 5

#define UNDEF_KEY ((Hkey)0)
#define NO_OBJECTS ((Hkey)1)
#define HALCONC_HNULL ((Hphandle)0)

/* Type tags of tuples and elements. */
#define UNDEF_TYPE (-1)
#define UNDEF_PAR 0
#define LONG_PAR 1
#define INT_PAR 1
#define DOUBLE_PAR 2
#define FLOAT_PAR 2
#define STRING_PAR 4
#define MIXED_PAR 8
#define HANDLE_PAR 16
#define ANY_ELEM 23
#define ANY_TUPLE 31

#define MAX_STRING 1024

typedef union {
  Hlong l;
  double d;
  char* s;
  Hphandle h;
} Hvalue;

/* One element of a mixed tuple: 16 bytes. */
typedef struct {
  Hvalue par;
  int32_t type;
  int32_t pad;
} Hcpar;

/* The control tuple: 48 bytes. Always indexed through `elem`; for a single value `elem` points at `val`, so a
 * tuple must not be moved by memcpy while its source is then freed. */
typedef struct {
  Hvalue val;
  int32_t type;
  int32_t pad;
  Hlong num;
  Hlong capacity;
  int32_t free;
  int32_t reserved;
  union {
    Hlong* l;
    double* d;
    char** s;
    Hcpar* cpar;
    Hphandle* h;
  } elem;
} Hctuple;
typedef Hctuple Htuple;

#define HTUPLE_INITIALIZER       \
  {                              \
    {0}, 0, 0, 0, 0, 0, 0, { 0 } \
  }

/* Filled by HCall on an error: what went wrong, in which operator, at which input control (1-based, 0 = none). */
typedef struct {
  Herror code;
  int32_t parameter;
  char operator_name[64];
  char text[MAX_STRING];
} HErrorInfo;

/* The arguments of one call, in the order of the reference page. Arrays hold exactly as many entries as the
 * operator has parameters of that class. Output tuples and objects are created by the call and owned by the
 * caller; what they held before is not freed. */
typedef struct {
  const Hobject* in_objects;
  Hobject* out_objects;
  const Htuple* in_controls;
  Htuple* out_controls;
  int32_t num_in_objects;
  int32_t num_out_objects;
  int32_t num_in_controls;
  int32_t num_out_controls;
} HArguments;

/* Calls an operator by name, e.g. "create_dl_pruning". `error` may be NULL. */
H_EXPORT Herror HCall(const char* operator_name, const HArguments* arguments, HErrorInfo* error);
/* The same by number; numbers come from HOperatorId and are not stable across versions. -1: no such operator. */
H_EXPORT Herror HCallById(int32_t operator_id, const HArguments* arguments, HErrorInfo* error);
H_EXPORT int32_t HOperatorId(const char* operator_name);

/* Handles: one more reference, one reference less (the last one frees the content), semantic type. */
H_EXPORT Herror HCopyHandle(Hphandle handle);
H_EXPORT Herror HReleaseHandle(Hphandle handle);
H_EXPORT const char* HHandleSemType(Hphandle handle);

/* Iconic objects: a new key of the same object (tuple); give a key back; number of objects; class name. */
H_EXPORT Herror HCopyObject(Hobject object, Hobject* copy);
H_EXPORT Herror HReleaseObject(Hobject object);

/* Frees what a tuple owns (array, strings, handle references) and makes it UNDEF_TYPE. */
H_EXPORT void HDestroyTuples(Htuple* tuples, int32_t num);

/* Standard text of an error code; never NULL. Version as "major.minor.patch". */
H_EXPORT const char* HErrorText(Herror code);
H_EXPORT const char* HVersion(void);

/* The handshake: a program passes the ALCEDO_INTERFACE it was compiled with. The library accepts what is as old as
 * itself or older and refuses what is newer with 3652 and a text that says what to do. `error` may be NULL. */
H_EXPORT Herror HCheckInterface(int32_t header_interface, HErrorInfo* error);

#ifdef __cplusplus
}
#endif
#endif
