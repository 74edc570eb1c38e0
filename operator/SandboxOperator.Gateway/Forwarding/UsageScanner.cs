using System.Buffers;
using System.Text.Json;
using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.Forwarding;

/// <summary>
/// Finds the member <c>usage</c> of a JSON object that comes in pieces. Keeps nothing else of it, however large it is,
/// and takes any bytes: what is no JSON has no usage.
/// </summary>
internal sealed class UsageScanner
{
    /// <summary>Of the member's value; larger ones are passed over.</summary>
    private const int MaxBytes = 16 * 1024;
    private readonly byte[] _name = new byte["usage"u8.Length];
    private readonly ArrayBufferWriter<byte> _value = new();
    private int _nameLength;
    private long _depth;
    private bool _inString;
    private bool _isEscaped;
    private bool _expectsName;
    private bool _isUsage;
    private bool _isKept;

    /// <summary>What the newest <c>usage</c> said; null as long as none said anything.</summary>
    public ModelUsage? Usage { get; private set; }

    /// <summary>Another object begins.</summary>
    public void Restart()
    {
        _depth = 0;
        (_inString, _isEscaped, _expectsName, _isUsage, _isKept) = (false, false, false, false, false);
    }

    /// <summary>Looks at the next piece.</summary>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var length = _inString ? StringPart(bytes) : Mark(bytes[0]);
            var closed = _isKept && !_inString && _depth == 1;
            if (_isKept)
            {
                Keep(bytes[..length]);
            }

            if (closed)
            {
                Close();
            }

            bytes = bytes[length..];
        }
    }

    /// <summary>The rest of a string, or what there is of it.</summary>
    private int StringPart(ReadOnlySpan<byte> bytes)
    {
        if (_isEscaped)
        {
            _isEscaped = false;
            Name(bytes[..1]);
            return 1;
        }

        var end = bytes.IndexOfAny((byte)'"', (byte)'\\');
        if (end < 0)
        {
            Name(bytes);
            return bytes.Length;
        }

        Name(bytes[..end]);
        if (bytes[end] == '\\')
        {
            _isEscaped = true;
            Name(bytes.Slice(end, 1));
        }
        else
        {
            _inString = false;
            if (_depth == 1 && _expectsName)
            {
                _isUsage = _nameLength == _name.Length && _name.AsSpan().SequenceEqual("usage"u8);
            }
        }

        return end + 1;
    }

    private int Mark(byte mark)
    {
        switch (mark)
        {
            case (byte)'"':
                _inString = true;
                _nameLength = 0;
                break;
            case (byte)'{':
            case (byte)'[':
                _depth++;
                if (_depth == 1)
                {
                    _expectsName = mark == '{';
                }
                else if (_depth == 2 && _isUsage && mark == '{')
                {
                    _isKept = true;
                    _value.ResetWrittenCount();
                }

                break;
            case (byte)'}':
            case (byte)']':
                _depth--;
                break;
            case (byte)',' when _depth == 1:
                (_expectsName, _isUsage) = (true, false);
                break;
            case (byte)':' when _depth == 1:
                _expectsName = false;
                break;
        }

        return 1;
    }

    private void Name(ReadOnlySpan<byte> bytes)
    {
        if (_depth != 1 || !_expectsName)
        {
            return;
        }

        if (_nameLength + bytes.Length > _name.Length)
        {
            // Some other name.
            _nameLength = _name.Length + 1;
            return;
        }

        bytes.CopyTo(_name.AsSpan(_nameLength));
        _nameLength += bytes.Length;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_value.WrittenCount + bytes.Length > MaxBytes)
        {
            (_isKept, _isUsage) = (false, false);
            return;
        }

        _value.Write(bytes);
    }

    private void Close()
    {
        if (!_isKept)
        {
            return;
        }

        (_isKept, _isUsage) = (false, false);
        try
        {
            using var value = JsonDocument.Parse(_value.WrittenMemory);
            Usage = ReportedUsage.Read(value.RootElement) ?? Usage;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // What the upstream says here is no JSON, or no text: it has reported nothing.
        }
    }
}
