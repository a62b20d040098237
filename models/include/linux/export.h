/* Exports: skipped. */
#ifndef _LINUX_EXPORT_H
#define _LINUX_EXPORT_H

#ifndef __RACEPROOF__
#define EXPORT_SYMBOL(symbol) extern __typeof__(symbol) symbol
#define EXPORT_SYMBOL_GPL(symbol) extern __typeof__(symbol) symbol
#define EXPORT_SYMBOL_NS(symbol, space) extern __typeof__(symbol) symbol
#define EXPORT_SYMBOL_NS_GPL(symbol, space) extern __typeof__(symbol) symbol
#endif

#define THIS_MODULE ((struct module *)0)

#endif
