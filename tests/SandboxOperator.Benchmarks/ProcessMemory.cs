using System.Globalization;

namespace SandboxOperator.Benchmarks;

/// <summary>Memory of processes, as the kernel shows it below <c>/proc</c>.</summary>
internal static class ProcessMemory
{
    /// <summary>
    /// Proportional set size, in bytes, of all processes whose command line names the folder, and of their descendants.
    /// </summary>
    public static long ProportionalBytes(string folder)
    {
        var processes = Directory
            .EnumerateDirectories("/proc")
            .Select(path => Path.GetFileName(path))
            .Where(name => name.All(char.IsAsciiDigit))
            .Select(name => int.Parse(name, CultureInfo.InvariantCulture))
            .Where(pid => pid != Environment.ProcessId)
            .Select(pid => (Pid: pid, Parent: Parent(pid), Command: Read($"/proc/{pid}/cmdline")))
            .ToList();
        var chosen = processes
            .Where(process => process.Command.Contains(folder, StringComparison.Ordinal))
            .Select(process => process.Pid)
            .ToHashSet();
        while (processes.Any(process => chosen.Contains(process.Parent) && chosen.Add(process.Pid)))
        {
            // Children of the chosen are chosen, until there are no more.
        }

        return chosen.Sum(Proportional);
    }

    private static int Parent(int pid)
    {
        var line = Read($"/proc/{pid}/status")
            .Split('\n')
            .FirstOrDefault(text => text.StartsWith("PPid:", StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line["PPid:".Length..].Trim(), CultureInfo.InvariantCulture);
    }

    private static long Proportional(int pid)
    {
        var line = Read($"/proc/{pid}/smaps_rollup")
            .Split('\n')
            .FirstOrDefault(text => text.StartsWith("Pss:", StringComparison.Ordinal));
        return line is null
            ? 0
            : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
                * 1024;
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // The process has ended meanwhile.
            return "";
        }
    }
}
