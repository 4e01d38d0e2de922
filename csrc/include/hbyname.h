/* Calls of operators by number and by name, without generated prototypes. Part of HalconC.h. */
#ifndef ALCEDO_HBYNAME_H
#define ALCEDO_HBYNAME_H

#include "hcore.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Number of an operator, -1 if there is none. Numbers are not stable across versions. */
H_EXPORT int get_operator_id(const char* operator_name);

/* Thread-safe. The arrays hold as many entries as the operator has parameters of that class. */
H_EXPORT Herror T_call_halcon_by_id(int operator_id, const Hobject in_objs[], Hobject out_objs[],
                                    const Htuple in_ctrls[], Htuple out_ctrls[]);

/* The older way, one argument at a time and then the call; for one thread at a time. Positions count from 1. */
H_EXPORT Herror set_in_opar(Hobject object, int position);
H_EXPORT Herror set_out_opar(Hobject* object, int position);
H_EXPORT Herror set_in_tpar(Htuple* tuple, int position);
H_EXPORT Herror set_out_tpar(Htuple* tuple, int position);
H_EXPORT Herror T_call_halcon(const char* operator_name);

#ifdef __cplusplus
}
#endif
#endif
