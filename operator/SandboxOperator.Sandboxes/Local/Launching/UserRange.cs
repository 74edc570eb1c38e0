using System.Globalization;
using System.Runtime.InteropServices;

namespace SandboxOperator.Sandboxes.Local.Launching;

/// <summary>User ids that belong to nobody, from which each sandbox gets one of its own.</summary>
/// <param name="First">The lowest.</param>
/// <param name="Count">How many there are.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct UserRange(uint First, uint Count)
{
    // Above what system users, containers and systemd take for themselves, below the sign bit.
    private const uint PreferredFirst = 0x7000_0000;
    private const uint PreferredCount = 0x0f00_0000;
    private const uint FewestWanted = 1000;

    /// <summary>
    /// The range on a machine, or in a container with fewer users, whose <c>/proc/self/uid_map</c> this is; null when
    /// there are too few to choose from.
    /// </summary>
    public static UserRange? From(string uidMap)
    {
        var widest = uidMap
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(parts => parts.Length == 3)
            .Select(parts => new UserRange(Number(parts[0]), Number(parts[2])))
            .DefaultIfEmpty()
            .MaxBy(range => range.Count);
        if (widest.First <= PreferredFirst && widest.First + (ulong)widest.Count >= PreferredFirst + PreferredCount)
        {
            return new UserRange(PreferredFirst, PreferredCount);
        }

        // The upper half of what is mapped: distributions count up from the lower end.
        var half = widest.Count / 2;
        return half >= FewestWanted ? new UserRange(widest.First + widest.Count - half, half) : null;
    }

    /// <summary>One that is not taken.</summary>
    public uint Choose(Random random, IReadOnlySet<uint> taken)
    {
        while (true)
        {
            var uid = First + (uint)random.NextInt64(Count);
            if (!taken.Contains(uid))
            {
                return uid;
            }
        }
    }

    private static uint Number(string text) => uint.Parse(text, CultureInfo.InvariantCulture);
}
