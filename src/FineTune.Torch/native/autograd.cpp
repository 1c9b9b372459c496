// Gradients: backward, grad, the switches of grad mode.
#include "bridge.h"

#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>

namespace {

std::vector<at::Tensor> gather(at::Tensor** handles, int n) {
  std::vector<at::Tensor> v;
  v.reserve(n);
  for (int k = 0; k < n; k++) v.push_back(handles[k] ? *handles[k] : at::Tensor());
  return v;
}

}  // namespace

FT_API int ft_set_requires_grad(void* t, int on) {
  return guarded(-1, [&] {
    tensor(t).requires_grad_(on != 0);
    return 0;
  });
}

FT_API void* ft_grad(void* t) {
  return guarded(static_cast<void*>(nullptr), [&] { return hand_over(tensor(t).grad()); });
}

FT_API int ft_set_grad(void* t, void* grad) {
  return guarded(-1, [&] {
    tensor(t).mutable_grad() = grad ? tensor(grad) : at::Tensor();
    return 0;
  });
}

// keep_graph: -1 stands for "as create_graph says".
FT_API int ft_backward(at::Tensor** outputs, at::Tensor** gradients, int n, int n_gradients, int keep_graph, int create_graph, at::Tensor** inputs, int n_inputs) {
  return guarded(-1, [&] {
    c10::optional<bool> keep = keep_graph < 0 ? c10::optional<bool>() : c10::optional<bool>(keep_graph != 0);
    torch::autograd::backward(gather(outputs, n), gather(gradients, n_gradients), keep, create_graph != 0, gather(inputs, n_inputs));
    return 0;
  });
}

FT_API int ft_autograd_grad(at::Tensor** outputs, int n, at::Tensor** inputs, int n_inputs, at::Tensor** gradients, int n_gradients, int keep_graph, int create_graph, int allow_unused, at::Tensor** results) {
  return guarded(-1, [&] {
    c10::optional<bool> keep = keep_graph < 0 ? c10::optional<bool>() : c10::optional<bool>(keep_graph != 0);
    auto g = torch::autograd::grad(gather(outputs, n), gather(inputs, n_inputs), gather(gradients, n_gradients), keep, create_graph != 0, allow_unused != 0);
    for (size_t k = 0; k < g.size(); k++) results[k] = static_cast<at::Tensor*>(hand_over(std::move(g[k])));
    return 0;
  });
}

FT_API int ft_grad_mode() { return c10::GradMode::is_enabled(); }
FT_API void ft_set_grad_mode(int on) { c10::GradMode::set_enabled(on != 0); }
FT_API void* ft_inference_mode(int on) { return new c10::InferenceMode(on != 0); }
FT_API void ft_end_inference_mode(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }
