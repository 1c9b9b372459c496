// The process around the tensors: threads, random numbers, devices, memory, version.
#include "bridge.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/autocast_mode.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <torch/version.h>

#include <cstring>
#include <mutex>

#ifdef __GLIBC__
#include <malloc.h>
#endif

// Activations are tens of megabytes and live for one step: by default each is mapped afresh and every page of it faults
// again. Keeping freed memory in the process takes that away (about 10% of a ResNet-18 step).
FT_API void ft_keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 25);  // glibc's upper bound; larger values are refused
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, -1);
  mallopt(M_TOP_PAD, 1 << 26);
#endif
}

FT_API int ft_set_threads(int n) {
  return guarded(-1, [&] {
    at::set_num_threads(n);
    return 0;
  });
}
FT_API int ft_threads() { return at::get_num_threads(); }
FT_API int ft_interop_threads() { return at::get_num_interop_threads(); }
FT_API int ft_set_interop_threads(int n) {
  return guarded(-1, [&] {
    at::set_num_interop_threads(n);
    return 0;
  });
}

// Convolutions and matrix products of this thread in bfloat16; weights that were cast are forgotten where the outermost ends.
FT_API int ft_begin_autocast(int cuda) {
  return guarded(-1, [&] {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    const auto device = cuda ? at::kCUDA : at::kCPU;
    at::autocast::set_autocast_dtype(device, at::kBFloat16);
    at::autocast::set_autocast_enabled(device, true);
#else
    if (cuda) {
      at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
      at::autocast::set_enabled(true);
    } else {
      at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
      at::autocast::set_cpu_enabled(true);
    }
#endif
    at::autocast::increment_nesting();
    return 0;
  });
}
FT_API int ft_end_autocast(int cuda) {
  return guarded(-1, [&] {
    if (at::autocast::decrement_nesting() > 0)
      return 0;
    at::autocast::clear_cache();
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    at::autocast::set_autocast_enabled(cuda ? at::kCUDA : at::kCPU, false);
#else
    if (cuda)
      at::autocast::set_enabled(false);
    else
      at::autocast::set_cpu_enabled(false);
#endif
    return 0;
  });
}

FT_API int ft_manual_seed(int64_t seed) {
  return guarded(-1, [&] {
    at::manual_seed(static_cast<uint64_t>(seed));
    return 0;
  });
}
FT_API void* ft_generator(uint64_t seed) {
  return guarded(static_cast<void*>(nullptr), [&]() -> void* { return new at::Generator(at::make_generator<at::CPUGeneratorImpl>(seed)); });
}
FT_API void* ft_default_generator() { return new at::Generator(at::detail::getDefaultCPUGenerator()); }
FT_API void ft_free_generator(void* g) { delete static_cast<at::Generator*>(g); }
FT_API int ft_generator_seed(void* g, int64_t seed) {
  return guarded(-1, [&] {
    auto& generator = *static_cast<at::Generator*>(g);
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_current_seed(static_cast<uint64_t>(seed));
    return 0;
  });
}
FT_API int64_t ft_generator_initial_seed(void* g) { return static_cast<int64_t>(static_cast<at::Generator*>(g)->current_seed()); }
FT_API void* ft_generator_state(void* g) {
  return guarded(static_cast<void*>(nullptr), [&] {
    auto& generator = *static_cast<at::Generator*>(g);
    std::lock_guard<std::mutex> lock(generator.mutex());
    return hand_over(generator.get_state());
  });
}
FT_API int ft_set_generator_state(void* g, void* state) {
  return guarded(-1, [&] {
    auto& generator = *static_cast<at::Generator*>(g);
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_state(tensor(state));
    return 0;
  });
}

FT_API const char* ft_version() { return TORCH_VERSION; }
FT_API int ft_config(char* text, int capacity) {
  return guarded(-1, [&] {
    auto all = at::show_config() + "\n" + at::get_parallel_info();
    std::strncpy(text, all.c_str(), capacity - 1);
    text[capacity - 1] = 0;
    return 0;
  });
}
FT_API int ft_cuda_count() {
  return guarded(0, [&] { return at::globalContext().hasCUDA() ? at::detail::getCUDAHooks().getNumGPUs() : 0; });
}
FT_API int ft_cuda_synchronize(int index) {
  return guarded(-1, [&] {
    at::detail::getCUDAHooks().deviceSynchronize(static_cast<c10::DeviceIndex>(index < 0 ? 0 : index));
    return 0;
  });
}
FT_API int ft_has_cudnn() {
  return guarded(0, [&] { return at::globalContext().hasCUDA() && at::detail::getCUDAHooks().compiledWithCuDNN() ? 1 : 0; });
}
FT_API int ft_deterministic(int on, int warn_only) {
  return guarded(-1, [&] {
    at::globalContext().setDeterministicAlgorithms(on != 0, warn_only != 0);
    at::globalContext().setDeterministicCuDNN(on != 0);
    if (on) at::globalContext().setBenchmarkCuDNN(false);
    return 0;
  });
}
