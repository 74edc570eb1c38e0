namespace SandboxOperator.Gateway.Ledger.Prices;

/// <summary>The models that have answered though their price is not known: said once each, and listed for operators.</summary>
internal sealed partial class UnpricedModels(ILogger<UnpricedModels> logger)
{
    private const int Most = 100;
    private readonly Lock _lock = new();
    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Their names, in order.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_lock)
            {
                return [.. _names];
            }
        }
    }

    public void Note(string model)
    {
        lock (_lock)
        {
            if (_names.Count >= Most || !_names.Add(model))
            {
                return;
            }
        }

        Log.NoPrice(logger, model);
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "Model {Model} has no price: what its tokens cost is not known. Set Prices:Models:{Model}:Input and :Output"
        )]
        public static partial void NoPrice(ILogger logger, string model);
    }
}
