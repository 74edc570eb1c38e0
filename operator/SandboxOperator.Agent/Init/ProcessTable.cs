using System.Buffers.Text;
using System.Globalization;

namespace SandboxOperator.Agent.Init;

/// <summary>The sandbox's processes, as <c>/proc</c> shows them.</summary>
internal static unsafe class ProcessTable
{
    private const int Passes = 50;
    private const int NameOffset = 19;
    private static readonly long PageBytes = Environment.SystemPageSize;

    /// <summary>Every process, init included.</summary>
    public static void List(List<int> pids)
    {
        pids.Clear();
        var descriptor = Native.Open("/proc", Native.CloseOnExec);
        var directory = descriptor < 0 ? 0 : Native.OpenDirectory(descriptor);
        if (directory == 0)
        {
            Descriptors.Close(descriptor);
            return;
        }

        while (Native.ReadDirectory(directory) is var entry && entry != null)
        {
            var name = System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(
                entry + NameOffset
            );
            if (Utf8Parser.TryParse(name, out int pid, out var used) && used == name.Length)
            {
                pids.Add(pid);
            }
        }

        _ = Native.CloseDirectory(directory);
    }

    /// <summary>Resident bytes, shared pages counted in full: cheap to ask, never too low. 0 when it is gone.</summary>
    public static long ResidentBytes(int pid)
    {
        Span<byte> buffer = stackalloc byte[128];
        var text = Descriptors.ReadFile(Path(pid, "statm"), buffer);
        var start = text.IndexOf((byte)' ') + 1;
        return Utf8Parser.TryParse(text[start..], out long pages, out _) ? pages * PageBytes : 0;
    }

    /// <summary>Resident bytes with shared pages divided among who shares them; null when that is not to be seen.</summary>
    public static long? ProportionalBytes(int pid)
    {
        Span<byte> buffer = stackalloc byte[2048];
        var text = Descriptors.ReadFile(Path(pid, "smaps_rollup"), buffer);
        var at = text.IndexOf("\nPss:"u8);
        if (at < 0)
        {
            return null;
        }

        var number = text[(at + 5)..].TrimStart((byte)' ');
        return Utf8Parser.TryParse(number, out long kibibytes, out _) ? kibibytes << 10 : null;
    }

    /// <summary>
    /// Kills everything but init and the one process to keep, in passes until nothing is left, because what is being
    /// killed may be forking. What outruns that is killed in one stroke, the kept process with it.
    /// </summary>
    public static void KillAllBut(int keep)
    {
        var pids = new List<int>();
        for (var pass = 0; pass < Passes; pass++)
        {
            List(pids);
            var alive = false;
            foreach (var pid in pids)
            {
                if (pid > 1 && pid != keep && Native.Kill(pid, Native.SignalKill) == 0)
                {
                    alive |= !IsZombie(pid);
                }
            }

            if (!alive)
            {
                return;
            }

            _ = Native.Poll(null, 0, 1);
        }

        _ = Native.Kill(-1, Native.SignalKill);
    }

    private static bool IsZombie(int pid)
    {
        Span<byte> buffer = stackalloc byte[512];
        var text = Descriptors.ReadFile(Path(pid, "stat"), buffer);
        var state = text.LastIndexOf((byte)')') + 2;
        return text.IsEmpty || (state < text.Length && text[state] is (byte)'Z' or (byte)'X');
    }

    private static string Path(int pid, string file) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}");
}
