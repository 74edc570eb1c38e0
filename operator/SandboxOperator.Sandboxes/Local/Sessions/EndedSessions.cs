using System.Globalization;

namespace SandboxOperator.Sandboxes.Local.Sessions;

/// <summary>
/// Remembers which sessions ended, over restarts too: the highest ended ordinal of each thread, of the threads whose
/// sessions ended last. Kept as a file of lines that is written anew when it has grown to twice what it must hold.
/// </summary>
internal sealed class EndedSessions
{
    private readonly string _path;
    private readonly int _most;
    private readonly Dictionary<string, int> _highest = new(StringComparer.Ordinal);
    private readonly Queue<(string Thread, int Ordinal)> _order = new();
    private readonly Lock _gate = new();
    private int _lines;

    public EndedSessions(string path, int most = 100_000)
    {
        _path = path;
        _most = most;
        if (File.Exists(path))
        {
            foreach (var line in File.ReadLines(path))
            {
                // A last line that a crash cut short names a session whose folder is still there, and ends again.
                var parts = line.Split(' ');
                if (
                    parts.Length == 3
                    && parts[2] is "."
                    && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var ordinal)
                )
                {
                    Remember(parts[0], ordinal);
                }
            }
        }

        Compact();
    }

    public bool Contains(SessionKey key)
    {
        lock (_gate)
        {
            return _highest.TryGetValue(ThreadName.Of(key), out var highest) && key.Ordinal <= highest;
        }
    }

    /// <summary>Remembers that a session ended, and with it all that the thread had before.</summary>
    public void Add(SessionKey key)
    {
        lock (_gate)
        {
            if (!Contains(key))
            {
                Remember(ThreadName.Of(key), key.Ordinal);
                File.AppendAllText(_path, Line(ThreadName.Of(key), key.Ordinal));
                if (++_lines > 2 * _most)
                {
                    Compact();
                }
            }
        }
    }

    private static string Line(string thread, int ordinal) =>
        string.Create(CultureInfo.InvariantCulture, $"{thread} {ordinal} .\n");

    private void Remember(string thread, int ordinal)
    {
        if (_highest.TryGetValue(thread, out var highest) && highest >= ordinal)
        {
            return;
        }

        _highest[thread] = ordinal;
        _order.Enqueue((thread, ordinal));
        while (_highest.Count > _most || _order.Count > 2 * _most)
        {
            var oldest = _order.Dequeue();
            if (_highest.GetValueOrDefault(oldest.Thread) == oldest.Ordinal)
            {
                _highest.Remove(oldest.Thread);
            }
        }
    }

    private void Compact()
    {
        var kept = _order.Where(entry => _highest.GetValueOrDefault(entry.Thread) == entry.Ordinal).ToList();
        _order.Clear();
        kept.ForEach(_order.Enqueue);
        _lines = kept.Count;
        AtomicFile.Write(_path, string.Concat(kept.Select(entry => Line(entry.Thread, entry.Ordinal))));
    }
}
