// libtorch's boxed dispatcher: find an operator's schema by name, call it with a stack of values, defaults from the schema.
#include "bridge.h"

#include <ATen/core/Generator.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/List.h>

#include <cstring>
#include <unordered_map>

using c10::IValue;

std::string& last_error() {
  static thread_local std::string message;
  return message;
}

namespace {

struct Operator {
  c10::OperatorHandle handle;
  std::vector<bool> takes_float;  // an integer given where the schema wants a float is converted
  std::vector<IValue> defaults;   // of each argument; of one without, nothing
  std::vector<bool> has_default;
  explicit Operator(c10::OperatorHandle h) : handle(std::move(h)) {
    for (auto& a : handle.schema().arguments()) {
      auto kind = a.type()->kind();
      if (kind == c10::TypeKind::OptionalType) {
        kind = a.type()->expectRef<c10::OptionalType>().getElementType()->kind();
      }
      takes_float.push_back(kind == c10::TypeKind::FloatType);
      has_default.push_back(a.default_value().has_value());
      defaults.push_back(has_default.back() ? *a.default_value() : IValue());
    }
  }
};

IValue box(const Value& v, bool as_float) {
  switch (v.tag) {
    case NONE: return IValue();
    case TENSOR: return tensor(v.p);
    case INT: return as_float ? IValue(static_cast<double>(v.i)) : IValue(v.i);
    case DOUBLE: return v.d;
    case BOOL: return v.i != 0;
    case INT_LIST: return IValue(c10::IntArrayRef(v.ints, v.count));
    case DOUBLE_LIST: return IValue(c10::ArrayRef<double>(v.doubles, v.count));
    case STRING: return std::string(v.text);
    case DEVICE: return c10::Device(static_cast<c10::DeviceType>(v.i), static_cast<c10::DeviceIndex>(v.count));
    case GENERATOR: return *static_cast<at::Generator*>(v.p);
    case TENSOR_LIST: {
      c10::List<at::Tensor> list;
      list.reserve(v.count);
      for (int k = 0; k < v.count; k++) {
        TORCH_CHECK(v.tensors[k], "item ", k, " of a list of tensors is null");
        list.push_back(*v.tensors[k]);
      }
      return IValue(std::move(list));
    }
    case OPTIONAL_TENSOR_LIST: {
      c10::List<c10::optional<at::Tensor>> list;
      list.reserve(v.count);
      for (int k = 0; k < v.count; k++) {
        list.push_back(v.tensors[k] ? c10::optional<at::Tensor>(*v.tensors[k]) : c10::optional<at::Tensor>());
      }
      return IValue(std::move(list));
    }
  }
  TORCH_CHECK(false, "unknown argument tag ", v.tag);
}

void unbox(IValue& v, Value& r) {
  if (v.isTensor()) {
    r.tag = TENSOR;
    r.p = hand_over(std::move(v).toTensor());
  } else if (v.isTensorList()) {
    auto list = v.toTensorVector();
    r.tag = TENSOR_LIST;
    r.count = static_cast<int32_t>(list.size());
    r.tensors = new at::Tensor*[list.size()];
    for (size_t k = 0; k < list.size(); k++) r.tensors[k] = new at::Tensor(std::move(list[k]));
  } else if (v.isInt()) {
    r.tag = INT;
    r.i = v.toInt();
  } else if (v.isDouble()) {
    r.tag = DOUBLE;
    r.d = v.toDouble();
  } else if (v.isBool()) {
    r.tag = BOOL;
    r.i = v.toBool();
  } else {
    r.tag = NONE;
    r.p = nullptr;
  }
}

}  // namespace

FT_API const char* ft_error() { return last_error().c_str(); }

FT_API void* ft_operator(const char* name, const char* overload) {
  return guarded<>(static_cast<void*>(nullptr), [&]() -> void* {
    auto schema = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(schema.has_value(), "this libtorch has no operator ", name, *overload ? "." : "", overload);
    return new Operator(*schema);  // lives as long as the process: one an operator
  });
}

// Calls with n arguments (the rest are the schema's defaults); fills at most `capacity` results; returns their number or -1.
FT_API int ft_call(void* op, const Value* arguments, int n, Value* results, int capacity) {
  return guarded(-1, [&] {
    auto& o = *static_cast<Operator*>(op);
    int formal = static_cast<int>(o.defaults.size());
    TORCH_CHECK(n <= formal, o.handle.schema().name(), " takes ", formal, " arguments, not ", n);
    torch::jit::Stack stack;
    stack.reserve(formal);
    for (int k = 0; k < formal; k++) {
      if (k < n && arguments[k].tag != DEFAULT) {
        stack.push_back(box(arguments[k], o.takes_float[k]));
      } else {
        TORCH_CHECK(o.has_default[k], o.handle.schema().name(), ": argument ", o.handle.schema().arguments()[k].name(), " has no default");
        stack.push_back(o.defaults[k]);
      }
    }
    o.handle.callBoxed(&stack);
    int count = std::min(static_cast<int>(stack.size()), capacity);
    for (int k = 0; k < count; k++) unbox(stack[k], results[k]);
    return count;
  });
}

// The schema as text, for diagnostics.
FT_API int ft_schema(void* op, char* text, int capacity) {
  return guarded(-1, [&] {
    std::ostringstream out;
    out << static_cast<Operator*>(op)->handle.schema();
    std::strncpy(text, out.str().c_str(), capacity - 1);
    text[capacity - 1] = 0;
    return 0;
  });
}

FT_API void ft_free(void* t) { delete static_cast<at::Tensor*>(t); }
FT_API void ft_free_list(void** list) { delete[] list; }
FT_API void* ft_share(void* t) { return new at::Tensor(tensor(t)); }

FT_API int64_t ft_dim(void* t) { return tensor(t).dim(); }
FT_API int64_t ft_numel(void* t) { return tensor(t).numel(); }
FT_API int ft_dtype(void* t) { return static_cast<int>(tensor(t).scalar_type()); }
FT_API int64_t ft_element_size(void* t) { return tensor(t).element_size(); }
FT_API int64_t ft_storage_offset(void* t) {
  return guarded(int64_t(-1), [&] { return tensor(t).storage_offset(); });
}
FT_API void ft_sizes(void* t, int64_t* out) { std::memcpy(out, tensor(t).sizes().data(), sizeof(int64_t) * tensor(t).dim()); }
FT_API int ft_strides(void* t, int64_t* out) {
  return guarded(-1, [&] {
    std::memcpy(out, tensor(t).strides().data(), sizeof(int64_t) * tensor(t).dim());
    return 0;
  });
}
FT_API void ft_device(void* t, int* type, int* index) {
  *type = static_cast<int>(tensor(t).device().type());
  *index = tensor(t).device().index();
}
// 1 contiguous, 2 requires grad, 4 leaf, 8 sparse, 16 contiguous in channels-last
FT_API int ft_flags(void* t) {
  auto& x = tensor(t);
  bool sparse = x.is_sparse();
  return (!sparse && x.is_contiguous() ? 1 : 0) | (x.requires_grad() ? 2 : 0) | (x.is_leaf() ? 4 : 0) | (sparse ? 8 : 0) |
      (!sparse && x.dim() == 4 && x.is_contiguous(at::MemoryFormat::ChannelsLast) ? 16 : 0);
}
FT_API void* ft_data(void* t) {
  return guarded(static_cast<void*>(nullptr), [&] { return tensor(t).data_ptr(); });
}
