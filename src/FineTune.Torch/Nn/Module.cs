using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public interface IModule<T, TResult>
        {
            TResult call(T input1);
        }

        /// <summary>A layer or a network: parameters, buffers and submodules, each under its name.</summary>
        public class Module : IDisposable
        {
            protected readonly string name;
            private readonly Dictionary<string, Parameter?> _parameters = [];
            private readonly Dictionary<string, (Tensor? Buffer, bool Persistent)> _buffers = [];
            private readonly Dictionary<string, Module> _submodules = [];
            private readonly List<string> _order = [];
            private bool _training = true;

            protected Module(string name) => this.name = name;

            public virtual bool training => _training;

            public virtual string GetName() => name;

            public virtual void train(bool train = true)
            {
                _training = train;
                foreach (var m in children())
                    m.train(train);
            }

            public virtual void eval() => train(false);

            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var p in parameters())
                {
                    if (set_to_none)
                        p.grad = null;
                    else
                        Clear(p);
                }
            }

            private static void Clear(Parameter parameter)
            {
                using var g = parameter.grad;
                g?.detach_().zero_();
            }

            public virtual Module apply(Action<Module> fn)
            {
                foreach (var m in children())
                    m.apply(fn);
                fn(this);
                return this;
            }

            public virtual void register_module(string name, Module submodule)
            {
                if (_submodules.TryAdd(name, submodule))
                    _order.Add(name);
                else
                    _submodules[name] = submodule;
            }

            public void add_module(string name, Module module) => register_module(name, module);

            public virtual void register_parameter(string name, Parameter param)
            {
                param?.DetachFromDisposeScope();
                _parameters[name] = param;
            }

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                tensor?.DetachFromDisposeScope();
                _buffers[name] = (tensor, persistent);
            }

            public virtual IEnumerable<(string name, Module module)> named_children() => _order.Select(n => (n, _submodules[n]));

            public virtual IEnumerable<(string name, Module module)> named_modules() =>
                named_children().SelectMany(c => c.module.named_modules().Select(m => (c.name + "." + m.name, m.module)).Prepend(c));

            public virtual IEnumerable<Module> children() => named_children().Select(c => c.module);

            public virtual IEnumerable<Module> modules() => named_modules().Select(m => m.module);

            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var own = _parameters.Where(p => p.Value is not null).Select(p => (p.Key, p.Value!));
                return !recurse ? own : own.Concat(named_children().SelectMany(c => c.module.named_parameters().Select(p => (c.name + "." + p.name, p.parameter))));
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var own = _buffers.Where(b => b.Value.Buffer is not null && (include_nonpersistent || b.Value.Persistent)).Select(b => (b.Key, b.Value.Buffer!));
                return !recurse ? own : own.Concat(named_children().SelectMany(c => c.module.named_buffers(true, include_nonpersistent).Select(b => (c.name + "." + b.name, b.buffer))));
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) => named_buffers(recurse, include_nonpersistent).Select(b => b.buffer);

            /// <summary>Parameters and persistent buffers by their full names. The tensors are the module's own, not copies.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                var start = prefix is null ? string.Empty : prefix + ".";
                foreach (var (n, p) in _parameters)
                {
                    if (p is not null)
                        destination[start + n] = p;
                }

                foreach (var (n, (b, persistent)) in _buffers)
                {
                    if (b is not null && persistent)
                        destination[start + n] = b;
                }

                foreach (var (n, m) in named_children())
                    m.state_dict(destination, start + n);
                return destination;
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing)
                    return;
                foreach (var p in _parameters.Values)
                    p?.Dispose();
                foreach (var (b, _) in _buffers.Values)
                    b?.Dispose();
                foreach (var m in _submodules.Values)
                    m.Dispose();
            }

            /// <summary>Registers the instance fields under their names: modules, parameters and tensors (as buffers).</summary>
            protected virtual void RegisterComponents()
            {
                for (var type = GetType(); type is not null && type != typeof(Module); type = type.BaseType)
                {
                    foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                    {
                        switch (field.GetValue(this))
                        {
                            case Module m when !_submodules.ContainsKey(field.Name):
                                register_module(field.Name, m);
                                break;
                            case Modules.Parameter p when !_parameters.ContainsKey(field.Name):
                                register_parameter(field.Name, p);
                                break;
                            case Tensor t when t is not Modules.Parameter && !_buffers.ContainsKey(field.Name):
                                register_buffer(field.Name, t);
                                break;
                        }
                    }
                }
            }

            /// <summary>Moves parameters and buffers; integer buffers keep their type.</summary>
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking) => Move(device, dtype);

            /// <inheritdoc cref="_to(Device, ScalarType, bool)"/>
            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => Move(new Device(deviceType, deviceIndex), null);

            /// <inheritdoc cref="_to(Device, ScalarType, bool)"/>
            protected internal virtual Module _to(ScalarType dtype, bool non_blocking) => Move(null, dtype);

            private Module Move(Device? device, ScalarType? dtype)
            {
                using (no_grad())
                {
                    foreach (var p in _parameters.Values)
                    {
                        if (p is not null)
                            Replace(p, device, dtype);
                    }

                    foreach (var (b, _) in _buffers.Values)
                    {
                        if (b is not null)
                            Replace(b, device, b.is_floating_point() ? dtype : null);
                    }
                }

                foreach (var m in children())
                    m.Move(device, dtype);
                return this;
            }

            private static void Replace(Tensor t, Device? device, ScalarType? dtype)
            {
                var stays = device is null || (device.type == t.device_type && (device.index < 0 || device.index == t.device_index));
                if (stays && (dtype ?? t.dtype) == t.dtype)
                    return;
                using var gradient = t.grad;
                t.grad = null; // libtorch refuses new data beside a gradient of another kind
                using var moved = t.to(dtype ?? t.dtype, device ?? t.device);
                FineTune.Torch.Ops.SetData.Run(t, moved);
                if (gradient is not null)
                {
                    using var along = gradient.to(moved);
                    t.grad = along;
                }
            }
        }

        /// <summary>A module with hooks before and after its forward pass.</summary>
        public class HookableModule<TPreHook, TPostHook> : Module
        {
            protected readonly Dictionary<string, TPreHook> pre_hooks = [];
            protected readonly Dictionary<string, TPostHook> post_hooks = [];

            protected HookableModule(string name)
                : base(name)
            {
            }

            public HookRemover register_forward_hook(TPostHook hook)
            {
                var key = Guid.NewGuid().ToString();
                post_hooks.Add(key, hook);
                return new HookRemover(this, key);
            }

            public HookRemover register_forward_pre_hook(TPreHook hook)
            {
                var key = Guid.NewGuid().ToString();
                pre_hooks.Add(key, hook);
                return new HookRemover(this, key);
            }

            private void Remove(string key)
            {
                pre_hooks.Remove(key);
                post_hooks.Remove(key);
            }

            public class HookRemover
            {
                private readonly HookableModule<TPreHook, TPostHook> _module;
                private readonly string _key;

                public HookRemover(HookableModule<TPreHook, TPostHook> module, string key) => (_module, _key) = (module, key);

                public void remove() => _module.Remove(_key);
            }
        }

        /// <summary>A module of one input.</summary>
        public abstract class Module<T, TResult> : HookableModule<Func<Module<T, TResult>, T, T>, Func<Module<T, TResult>, T, TResult, TResult>>, IModule<T, TResult>
        {
            protected Module(string name)
                : base(name)
            {
            }

            public abstract TResult forward(T input);

            /// <summary>The hooks and the forward pass between them.</summary>
            public TResult call(T input)
            {
                if (pre_hooks.Count == 0 && post_hooks.Count == 0)
                    return forward(input);
                foreach (var hook in pre_hooks.Values.ToArray())
                    input = hook(this, input) ?? input;
                var result = forward(input);
                foreach (var hook in post_hooks.Values.ToArray())
                    result = hook(this, input, result) ?? result;
                return result;
            }
        }
    }
}
