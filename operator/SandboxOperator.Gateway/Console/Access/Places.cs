namespace SandboxOperator.Gateway.Console.Access;

/// <summary>Room for so many at the same time, of which no project takes all.</summary>
/// <param name="all">For everybody together.</param>
/// <param name="each">For a project.</param>
internal sealed class Places(int all, int each)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private int _sum;

    /// <summary>Takes a place until it is disposed; null when there is none.</summary>
    public IDisposable? Take(string project)
    {
        lock (_lock)
        {
            var taken = _taken.GetValueOrDefault(project);
            if (taken >= each || _sum >= all)
            {
                return null;
            }

            _taken[project] = taken + 1;
            _sum++;
            return new Place(this, project);
        }
    }

    private void GiveBack(string project)
    {
        lock (_lock)
        {
            _sum--;
            if (--_taken[project] == 0)
            {
                _taken.Remove(project);
            }
        }
    }

    private sealed class Place(Places places, string project) : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
            {
                places.GiveBack(project);
            }
        }
    }
}
