using System.ClientModel;
using System.ClientModel.Primitives;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OpenAI;
using OpenAI.Chat;
using SandboxOperator.Gateway.Options;
using SandboxOperator.Gateway.Tokens;

namespace SandboxOperator.Gateway.Upstream;

/// <summary>
/// Asks an endpoint that speaks Chat Completions, through the OpenAI package's protocol method: its typed streaming
/// breaks on finish reasons that real servers send.
/// </summary>
/// <remarks>
/// For each turn: 1. ask, with <c>stream_options</c> unless the upstream has refused them; 2. pass on what comes;
/// 3. when it fails before anything was passed on and may go well later, wait and start again, while the deadline and
/// the number of attempts allow; 4. otherwise the turn has failed.
/// </remarks>
internal sealed partial class OpenAiModelClient : IModelClient, IDisposable
{
    private const int MaxClients = 256;
    private readonly ConcurrentDictionary<string, ChatClient> _clients = new(StringComparer.Ordinal);
    private readonly HttpClient _http;
    private readonly OpenAIClient _openAi;
    private readonly ModelOptions _options;
    private readonly ITokenCounter _counter;
    private readonly TimeProvider _time;
    private readonly ILogger<OpenAiModelClient> _logger;
    private volatile bool _withoutStreamOptions;

    public OpenAiModelClient(
        ModelOptions options,
        ITokenCounter counter,
        TimeProvider time,
        ILogger<OpenAiModelClient> logger
    )
    {
        _options = options;
        _counter = counter;
        _time = time;
        _logger = logger;
        var connections = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        _http = new HttpClient(new WatchedAnswers(options, time, connections)) { Timeout = Timeout.InfiniteTimeSpan };
        _openAi = new OpenAIClient(
            // The package insists on a key; upstreams that want none ignore it.
            new ApiKeyCredential(string.IsNullOrEmpty(options.ApiKey) ? "none" : options.ApiKey),
            new OpenAIClientOptions
            {
                Endpoint = new Uri(UpstreamAddress.Of(options.BaseUrl!)),
                NetworkTimeout = Timeout.InfiniteTimeSpan,
                RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
                Transport = new HttpClientPipelineTransport(_http),
            }
        );
    }

    public async IAsyncEnumerable<ModelEvent> StreamAsync(
        ModelRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var started = _time.GetTimestamp();
        var outcome = "cancelled";
        var hasSpoken = false;
        using var deadline = new CancellationTokenSource(UntilDeadline(request), _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            for (var failures = 0; ; )
            {
                var attempt = new UpstreamAttempt(ClientOf(request.Model), _options, _counter, _time);
                var withStreamOptions = !_withoutStreamOptions;
                await using var events = attempt
                    .RunAsync(request, withStreamOptions, linked.Token)
                    .GetAsyncEnumerator(CancellationToken.None);
                AttemptException? failure = null;
                while (failure is null)
                {
                    try
                    {
                        // The sequence ends with the turn, which ends this loop.
                        await events.MoveNextAsync();
                    }
                    catch (Exception exception) when (cancellationToken.IsCancellationRequested)
                    {
                        // However it shows: a closed connection, a failed read.
                        throw new OperationCanceledException(exception.Message, exception, cancellationToken);
                    }
                    catch (Exception exception)
                    {
                        failure = Explain(exception, deadline.IsCancellationRequested);
                        break;
                    }
                    if (!hasSpoken)
                    {
                        hasSpoken = true;
                        ModelMetrics.Began(_time.GetElapsedTime(started));
                    }
                    if (events.Current is ModelTurn turn)
                    {
                        outcome = "ok";
                        ModelMetrics.Used(turn.Usage);
                        Log.Answered(
                            _logger,
                            request.Model,
                            turn.FinishReason,
                            turn.Usage.PromptTokens,
                            turn.Usage.CompletionTokens
                        );
                        yield return turn;
                        yield break;
                    }
                    yield return events.Current;
                }

                if (failure!.StreamOptionsRejected && withStreamOptions)
                {
                    _withoutStreamOptions = true;
                    Log.WithoutStreamOptions(_logger);
                    continue;
                }
                failures++;
                var delay = RetryDelay.After(
                    failures,
                    TimeSpan.FromSeconds(_options.BackoffSeconds),
                    TimeSpan.FromSeconds(_options.MaxBackoffSeconds),
                    failure.RetryAfter,
                    Random.Shared.NextDouble()
                );
                if (
                    hasSpoken
                    || !failure.Retryable
                    || failures >= _options.MaxAttempts
                    || delay >= UntilDeadline(request)
                )
                {
                    outcome = ModelMetrics.Outcome(failure.Failure);
                    Log.Failed(_logger, request.Model, outcome, failures, failure.Reason);
                    Log.Said(_logger, failure);
                    throw new ModelException(failure.Failure, failure.Message, failure);
                }
                ModelMetrics.Retried(failure.Failure);
                Activity.Current?.AddEvent(new ActivityEvent("retry", _time.GetUtcNow()));
                Log.Repeats(_logger, request.Model, failure.Reason, delay);
                Log.Said(_logger, failure);
                await Task.Delay(delay, _time, cancellationToken);
            }
        }
        finally
        {
            ModelMetrics.Ended(outcome, _time.GetElapsedTime(started));
        }
    }

    public void Dispose() => _http.Dispose();

    private TimeSpan UntilDeadline(ModelRequest request)
    {
        var left = request.Deadline - _time.GetUtcNow();
        // A timer takes at most some weeks.
        var max = TimeSpan.FromDays(7);
        return left < TimeSpan.Zero ? TimeSpan.Zero
            : left > max ? max
            : left;
    }

    private ChatClient ClientOf(string model)
    {
        if (_clients.Count > MaxClients)
        {
            _clients.Clear();
        }
        return _clients.GetOrAdd(model, _openAi.GetChatClient);
    }

    private static AttemptException Explain(Exception exception, bool deadlinePassed) =>
        exception switch
        {
            AttemptException known => known,
            _ when deadlinePassed => new AttemptException(
                ModelFailure.OutOfTime,
                "The upstream model did not finish within the run's time.",
                exception
            ),
            InvalidDataException tooLarge => new AttemptException(ModelFailure.Server, tooLarge.Message, tooLarge),
            JsonException => new AttemptException(
                ModelFailure.Server,
                "The upstream model's answer is not valid JSON.",
                exception
            )
            {
                Retryable = true,
            },
            TimeoutException or EndOfStreamException => new AttemptException(
                ModelFailure.Server,
                exception.Message,
                exception
            )
            {
                Retryable = true,
            },
            _ => new AttemptException(
                ModelFailure.Server,
                $"The upstream model at Upstream:BaseUrl (OPENAI_BASE_URL) cannot be reached: {exception.Message}",
                exception
            )
            {
                Retryable = true,
            },
        };

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Debug,
            "Model {Model} answered: {FinishReason}, {Prompt} tokens read, {Completion} written"
        )]
        public static partial void Answered(
            ILogger logger,
            string model,
            string finishReason,
            long prompt,
            long completion
        );

        [LoggerMessage(LogLevel.Information, "The upstream refuses stream_options; asking without them from now on")]
        public static partial void WithoutStreamOptions(ILogger logger);

        [LoggerMessage(LogLevel.Warning, "Asking model {Model} again in {Delay}: {Reason}")]
        public static partial void Repeats(ILogger logger, string model, string reason, TimeSpan delay);

        [LoggerMessage(
            LogLevel.Warning,
            "Model {Model} failed: {Outcome} after {Attempts} attempts, the last because {Reason}"
        )]
        public static partial void Failed(ILogger logger, string model, string outcome, int attempts, string reason);

        [LoggerMessage(LogLevel.Debug, "What the upstream said")]
        public static partial void Said(ILogger logger, Exception exception);
    }
}
