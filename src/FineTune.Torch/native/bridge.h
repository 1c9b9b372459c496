// The C ABI between the managed engine and libtorch. Every function that can fail returns a status and keeps the message
// for ft_error; no C++ exception crosses the border.
#pragma once
#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>
#include <cstdint>
#include <string>

#define FT_API extern "C" __attribute__((visibility("default")))

// One argument or result. Tags as in Tag.cs.
enum Tag : int32_t { NONE, TENSOR, INT, DOUBLE, BOOL, INT_LIST, DEFAULT, TENSOR_LIST, DEVICE, STRING, DOUBLE_LIST, OPTIONAL_TENSOR_LIST, GENERATOR };
struct Value {
  int32_t tag;
  int32_t count;  // of a list
  union {
    int64_t i;
    double d;
    void* p;
    const int64_t* ints;
    const double* doubles;
    at::Tensor** tensors;
    const char* text;
  };
};

std::string& last_error();

// Runs body; any exception becomes the message of ft_error and the result `failed`.
template <typename Body, typename Result>
Result guarded(Result failed, Body body) {
  try {
    return body();
  } catch (const c10::Error& e) {
    last_error() = e.what_without_backtrace();
  } catch (const std::exception& e) {
    last_error() = e.what();
  } catch (...) {
    last_error() = "an exception of unknown type";
  }
  return failed;
}

inline at::Tensor& tensor(void* handle) { return *static_cast<at::Tensor*>(handle); }
inline void* hand_over(at::Tensor t) { return t.defined() ? new at::Tensor(std::move(t)) : nullptr; }
