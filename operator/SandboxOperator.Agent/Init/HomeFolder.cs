namespace SandboxOperator.Agent.Init;

/// <summary>Where programs keep their settings.</summary>
internal static class HomeFolder
{
    /// <summary>
    /// The list of fonts that an image may bring along. Without it the first figure of every sandbox would make it, which
    /// takes seconds; matplotlib wants it in a folder that can be written to.
    /// </summary>
    private const string Fonts = "/usr/share/sandbox/matplotlib";

    /// <summary>Makes the folder for matplotlib's settings and fills it, as far as an earlier kernel has left a chance.</summary>
    public static void Prepare(string home, string fonts = Fonts)
    {
        try
        {
            var settings = Path.Combine(home, ".config", "matplotlib");
            Directory.CreateDirectory(settings);
            foreach (var file in Directory.Exists(fonts) ? Directory.EnumerateFiles(fonts) : [])
            {
                var copy = Path.Combine(settings, Path.GetFileName(file));
                if (!Path.Exists(copy))
                {
                    File.Copy(file, copy);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // After a restart the folder is what the code has made of it. Kernels start without it, too.
            Console.Error.WriteLine($"sandbox-agent init: {e.Message}");
        }
    }
}
