using Microsoft.AspNetCore.Connections;
using Yarp.ReverseProxy.Forwarder;

namespace Rondo.Services.Gateway.Upstream;

/// <summary>What an error of YARP means.</summary>
internal static class YarpOutcome
{
    /// <summary>What else is known about the exchange.</summary>
    internal readonly record struct Circumstances(
        bool HasAnswer, bool IsLate, bool HasClientLeft, bool IsCancelled, Exception? BodyError);

    public static ForwardOutcome Of(ForwarderError error, Exception? cause, in Circumstances known) => error switch
    {
        ForwarderError.None => ForwardOutcome.Completed,

        // The answer was whole before the body: the rest was not wanted.
        ForwarderError.RequestBodyClient or ForwarderError.RequestBodyDestination or ForwarderError.RequestBodyCanceled
            when known is { HasAnswer: true, HasClientLeft: false } => ForwardOutcome.Completed,

        // Before the client: YARP cuts it off in consequence.
        _ when known.IsCancelled => ForwardOutcome.Cancelled,
        _ when known.IsLate && !known.HasAnswer => ForwardOutcome.FirstByteTimeout,
        _ when known.HasClientLeft => ForwardOutcome.ClientLeft,
        _ when known.BodyError is { } failure => OfBody(failure),
        _ when Has<TimeoutException>(cause) && !known.HasAnswer => ForwardOutcome.ConnectTimeout,
        ForwarderError.RequestTimedOut or ForwarderError.RequestCanceled or ForwarderError.ResponseBodyCanceled
            or ForwarderError.UpgradeActivityTimeout => ForwardOutcome.IdleTimeout,
        ForwarderError.ResponseHeaders => ForwardOutcome.InvalidAnswer,
        ForwarderError.ResponseBodyClient or ForwarderError.UpgradeRequestClient
            or ForwarderError.UpgradeResponseClient => ForwardOutcome.ClientLeft,
        _ => OfUpstream(cause),
    };

    private static ForwardOutcome OfBody(Exception failure) =>
        failure is OperationCanceledException or ConnectionResetException or ConnectionAbortedException
            ? ForwardOutcome.ClientLeft
            : ForwardOutcome.BodyFailed;

    private static ForwardOutcome OfUpstream(Exception? cause)
    {
        for (var error = cause; error is not null; error = error.InnerException)
        {
            var kind = (error as HttpRequestException)?.HttpRequestError
                ?? (error as HttpIOException)?.HttpRequestError;
            switch (kind)
            {
                case HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                    or HttpRequestError.SecureConnectionError:
                    return ForwardOutcome.ConnectFailed;
                case HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded
                    or HttpRequestError.HttpProtocolError or HttpRequestError.VersionNegotiationError:
                    return ForwardOutcome.InvalidAnswer;
                case HttpRequestError.ResponseEnded:
                    return ForwardOutcome.ConnectionLost;
            }
        }

        return ForwardOutcome.ConnectionLost;
    }

    private static bool Has<T>(Exception? cause)
        where T : Exception
    {
        for (var error = cause; error is not null; error = error.InnerException)
        {
            if (error is T)
            {
                return true;
            }
        }

        return false;
    }
}
