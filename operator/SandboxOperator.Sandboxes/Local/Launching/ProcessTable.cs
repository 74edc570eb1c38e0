using System.Globalization;
using System.Text;

namespace SandboxOperator.Sandboxes.Local.Launching;

/// <summary>Reads what <c>/proc</c> says about processes, all of which may end while they are read.</summary>
internal static class ProcessTable
{
    /// <summary>When a process started, in clock ticks since boot; null when there is none.</summary>
    public static ulong? StartTicks(int pid)
    {
        // The name in parentheses may hold anything; what follows the last one does not. Start time is field 22.
        var stat = Read(pid, "stat");
        var fields = stat?[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields?.Length > 19 ? ulong.Parse(fields[19], CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Its arguments; empty when there is none.</summary>
    public static string[] Arguments(int pid) =>
        Read(pid, "cmdline")?.Split('\0', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The user it runs as; null when there is none.</summary>
    public static uint? User(int pid)
    {
        var line = Read(pid, "status")
            ?.Split('\n')
            .FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal));
        return line is null ? null : uint.Parse(line.Split('\t')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Whether it has ended and waits for its parent to notice.</summary>
    public static bool IsZombie(int pid)
    {
        var stat = Read(pid, "stat");
        return stat is null || stat[(stat.LastIndexOf(')') + 1)..].StartsWith(" Z", StringComparison.Ordinal);
    }

    public static IEnumerable<int> All() =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0);

    private static string? Read(int pid, string name)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{name}"), Encoding.UTF8);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
