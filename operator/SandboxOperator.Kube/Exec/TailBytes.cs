using System.Text;

namespace SandboxOperator.Kube.Exec;

/// <summary>Keeps the last bytes of what is written.</summary>
internal sealed class TailBytes(int limit)
{
    private readonly Lock _lock = new();
    private byte[] _bytes = [];

    public void Append(ReadOnlySpan<byte> data)
    {
        data = data.Length > limit ? data[^limit..] : data;
        lock (_lock)
        {
            var keep = Math.Min(_bytes.Length, limit - data.Length);
            _bytes = [.. _bytes.AsSpan(_bytes.Length - keep), .. data];
        }
    }

    public override string ToString()
    {
        lock (_lock)
        {
            return Encoding.UTF8.GetString(_bytes);
        }
    }
}
