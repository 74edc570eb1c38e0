using System.Buffers.Binary;
using System.Text;

namespace SandboxOperator.Testing.Otlp;

/// <summary>Reads the fields of one message of Protocol Buffers.</summary>
/// <param name="bytes">The message.</param>
public ref struct ProtoReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The number of the field read last.</summary>
    public int Field { get; private set; }

    /// <summary>The field's bytes: a message, a text, or eight or four bytes of a fixed number.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The field's number when it is one of variable length.</summary>
    public ulong Number { get; private set; }

    /// <summary>The field as text.</summary>
    public readonly string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>The field as hexadecimal digits.</summary>
    public readonly string Hex => Convert.ToHexStringLower(Bytes);

    /// <summary>The field as a number with a fraction.</summary>
    public readonly double Fraction => BinaryPrimitives.ReadDoubleLittleEndian(Bytes);

    /// <summary>The field as a number of eight bytes.</summary>
    public readonly ulong Fixed => BinaryPrimitives.ReadUInt64LittleEndian(Bytes);

    /// <summary>Reads the next field; false at the end.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var tag = Varint();
        Field = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                Number = Varint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Take((int)Varint());
                break;
            case 5:
                Take(4);
                break;
            default:
                throw new InvalidDataException($"Field {Field} is of an unknown kind.");
        }

        return true;
    }

    private void Take(int length)
    {
        Bytes = _rest[..length];
        _rest = _rest[length..];
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = _rest[0];
            _rest = _rest[1..];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }
}
