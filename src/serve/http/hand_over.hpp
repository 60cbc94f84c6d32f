// SPDX-License-Identifier: Apache-2.0
// hand_over(): awaits a value that some other thread gives to a callback, and goes on in the
// connection's own strand.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <utility>

namespace jinglue::serve::http {

template <class T>
boost::asio::awaitable<T> hand_over(std::function<void(std::function<void(T)>)> start) {
  namespace asio = boost::asio;
  auto begin = [&start](auto handler) {
    const auto executor = asio::get_associated_executor(handler);
    // Shared because std::function copies; called once.
    auto kept = std::make_shared<decltype(handler)>(std::move(handler));
    start([kept, executor](T value) {
      asio::post(executor, [kept, value = std::move(value)]() mutable {
        auto once = std::move(*kept);
        once(std::move(value));
      });
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(T)>(
      std::move(begin), asio::use_awaitable);
}

}  // namespace jinglue::serve::http
