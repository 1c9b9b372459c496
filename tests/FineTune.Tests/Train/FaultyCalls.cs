namespace FineTune.Tests.Train;

/// <summary>How a call of the system fails.</summary>
public enum Fault
{
    /// <summary>It does nothing and fails.</summary>
    Before,

    /// <summary>It does its work and fails all the same.</summary>
    After,

    /// <summary>The process ends before it: nothing later is done either.</summary>
    DeathBefore,

    /// <summary>The process ends after it.</summary>
    DeathAfter,
}

/// <summary>What a process that has ended can do.</summary>
public sealed class DeathException : Exception;

/// <summary>File calls of which one fails: the n-th, or the write that goes past a number of bytes.</summary>
internal sealed class FaultyCalls(int call, Fault fault, long bytes = long.MaxValue) : FineTune.FileCalls
{
    private int _calls;
    private bool _dead;

    /// <summary>Whether the fault was reached.</summary>
    public bool Fired { get; private set; }

    public override Stream Create(string path)
    {
        Stream? file = null;
        Around(() => file = new ShortFile(base.Create(path), this), () => file?.Dispose());
        return file!;
    }

    public override void Flush(Stream file) => Around(() => base.Flush(((ShortFile)file).Inner));

    public override void Move(string from, string to) => Around(() => base.Move(from, to));

    public override void FlushFolder(string folder) => Around(() => base.FlushFolder(folder));

    public override void Delete(string path) => Around(() => base.Delete(path));

    private void Around(Action act, Action? undone = null)
    {
        if (_dead)
            throw new DeathException();
        var fails = _calls++ == call;
        if (fails && (fault is Fault.Before or Fault.DeathBefore))
            Fail();
        act();
        if (!fails)
            return;
        undone?.Invoke();
        Fail();
    }

    private void Fail()
    {
        Fired = true;
        _dead = fault is Fault.DeathBefore or Fault.DeathAfter;
        throw _dead ? new DeathException() : new IOException("no space", 28);
    }

    /// <summary>A file on a disk that is full after a number of bytes: a write that goes past them writes what fits.</summary>
    private sealed class ShortFile(Stream inner, FaultyCalls owner) : Stream
    {
        private long _left = owner.Bytes;

        public Stream Inner => inner;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            inner.Write(buffer[..(int)Math.Min(buffer.Length, _left)]);
            _left -= buffer.Length;
            if (_left < 0)
                owner.Fail();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => inner.SetLength(value);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }

    private long Bytes => bytes;
}
